#include "services/patch/plan.h"

#include "services/patch/hunkpatch.h"
#include "services/patch/linediff.h"

#include <QJsonArray>

#include <algorithm>

namespace PatchPanel::Patch {

namespace {

std::optional<QByteArray> contentsOf(const std::optional<FileState> &state)
{
    return state ? std::optional(state->contents.toByteArray()) : std::nullopt;
}

// As git writes it: a regular file knows executable or not, nothing else.
QByteArray gitMode(const FileState &state)
{
    if (state.symlink) {
        return "120000";
    }
    return (state.mode & 0100) != 0 ? "100755" : "100644";
}

// The extended header lines between "diff --git" and "---".
QByteArray extendedHeader(const Change &change)
{
    if (!change.before) {
        return "new file mode " + gitMode(*change.after) + '\n';
    }
    if (!change.after) {
        return "deleted file mode " + gitMode(*change.before) + '\n';
    }
    QByteArray header;
    const QByteArray oldMode = gitMode(*change.before);
    const QByteArray newMode = gitMode(*change.after);
    if (oldMode != newMode) {
        header += "old mode " + oldMode + "\nnew mode " + newMode + '\n';
    }
    if (change.kind == ChangeKind::Move) {
        header += "rename from " + quotedDiffName(change.from.toUtf8()) + "\nrename to "
            + quotedDiffName(change.path.toUtf8()) + '\n';
    }
    return header;
}

QByteArray hunksText(const Change &change)
{
    const PlacedHunks &placed = *change.hunks;
    // Exact hunks hold every line that is shown: the file is not looked at.
    const QByteArrayView contents = placed.places.isExact() ? QByteArrayView() : change.before->contents.bytes();
    return placedHunksText(contents, placed.hunks, placed.places);
}

QJsonValue hashOrNull(const std::optional<FileState> &state)
{
    return state ? QJsonValue(QString::fromLatin1(state->contents.sha256())) : QJsonValue(QJsonValue::Null);
}

QJsonValue sizeOrNull(const std::optional<FileState> &state)
{
    return state ? QJsonValue(state->contents.size()) : QJsonValue(QJsonValue::Null);
}

} // namespace

QString toString(ChangeKind kind)
{
    switch (kind) {
    case ChangeKind::Create:
        return QStringLiteral("create");
    case ChangeKind::Modify:
        return QStringLiteral("modify");
    case ChangeKind::Delete:
        return QStringLiteral("delete");
    case ChangeKind::Move:
        return QStringLiteral("move");
    case ChangeKind::Chmod:
        return QStringLiteral("chmod");
    }
    return {};
}

bool Change::isBinary() const
{
    if (hunks && after) { // `before` has the same bytes around the hunks, and may have to be made
        return looksBinary(after->contents.bytes());
    }
    return (before && looksBinary(before->contents.bytes())) || (after && looksBinary(after->contents.bytes()));
}

int Plan::count(ChangeKind kind) const
{
    return static_cast<int>(
        std::count_if(changes.begin(), changes.end(), [kind](const Change &change) { return change.kind == kind; }));
}

QByteArray previewDiff(const Change &change)
{
    if (!change.before && !change.after) {
        return {};
    }
    const QByteArray oldPath = (change.from.isEmpty() ? change.path : change.from).toUtf8();
    const QByteArray oldName = quotedDiffName("a/" + oldPath);
    const QByteArray newName = quotedDiffName("b/" + change.path.toUtf8());
    QByteArray diff = "diff --git " + oldName + ' ' + newName + '\n' + extendedHeader(change);
    if (change.before && change.after && change.before->contents == change.after->contents) {
        return diff;
    }
    if (change.isBinary()) {
        return diff + "Binary files " + (change.before ? oldName : "/dev/null") + " and "
            + (change.after ? newName : "/dev/null") + " differ\n";
    }
    const QByteArray hunks =
        change.hunks ? hunksText(change) : lineDiff(contentsOf(change.before), contentsOf(change.after)).hunks;
    if (!hunks.isEmpty()) {
        diff += "--- " + (change.before ? oldName : "/dev/null") + "\n+++ " + (change.after ? newName : "/dev/null")
            + '\n' + hunks;
    }
    return diff;
}

QJsonObject toJson(const Change &change, WithDiff withDiff)
{
    QJsonObject object{
        {QStringLiteral("path"), change.path},
        {QStringLiteral("kind"), toString(change.kind)},
        {QStringLiteral("from"), change.from},
        {QStringLiteral("added"), change.added},
        {QStringLiteral("removed"), change.removed},
        {QStringLiteral("binary"), change.isBinary()},
        {QStringLiteral("before"), hashOrNull(change.before)},
        {QStringLiteral("after"), hashOrNull(change.after)},
        {QStringLiteral("beforeSize"), sizeOrNull(change.before)},
        {QStringLiteral("afterSize"), sizeOrNull(change.after)},
        {QStringLiteral("purpose"), change.purpose},
        {QStringLiteral("notes"), QJsonArray::fromStringList(change.notes)},
    };
    if (withDiff == WithDiff::Yes) {
        object.insert(QStringLiteral("diff"), QString::fromUtf8(previewDiff(change)));
    }
    return object;
}

} // namespace PatchPanel::Patch
