#include "services/patch/plannedchanges.h"

#include "services/common/ids.h"
#include "services/common/parallel.h"
#include "services/patch/linediff.h"

#include <QHash>
#include <QSet>

#include <algorithm>

namespace PatchPanel::Patch {

namespace {

bool comesIntoBeing(const Overlay::Entry &entry)
{
    return entry.now && !entry.before;
}

// Whether the file at `entry` is the one that stood at its origin, which is gone.
bool isMove(const Overlay &overlay, const Overlay::Entry &entry)
{
    if (entry.origin.isEmpty() || !comesIntoBeing(entry)) {
        return false;
    }
    const Overlay::Entry &origin = overlay.entries().at(entry.origin);
    return origin.before && !origin.now;
}

QSet<QString> consumedOrigins(const Overlay &overlay)
{
    QSet<QString> origins;
    for (const auto &[path, entry] : overlay.entries()) {
        if (isMove(overlay, entry)) {
            origins.insert(entry.origin);
        }
    }
    return origins;
}

ChangeKind kindOf(const Change &change)
{
    if (!change.from.isEmpty()) {
        return ChangeKind::Move;
    }
    if (!change.before) {
        return ChangeKind::Create;
    }
    if (!change.after) {
        return ChangeKind::Delete;
    }
    const bool sameContents =
        change.before->contents == change.after->contents && change.before->symlink == change.after->symlink;
    return sameContents ? ChangeKind::Chmod : ChangeKind::Modify;
}

int lineCount(QByteArrayView text)
{
    return static_cast<int>(std::count(text.begin(), text.end(), '\n'))
        + (text.isEmpty() || text.endsWith('\n') ? 0 : 1);
}

void countLines(Change &change)
{
    if (change.hunks) {
        change.added = change.hunks->added;
        change.removed = change.hunks->removed;
        return;
    }
    const bool sameContents = change.before && change.after && change.before->contents == change.after->contents;
    if (sameContents || change.isBinary()) {
        return;
    }
    if (!change.before || !change.after) {
        change.added = change.after ? lineCount(change.after->contents.bytes()) : 0;
        change.removed = change.before ? lineCount(change.before->contents.bytes()) : 0;
        return;
    }
    const LineDiff diff = lineDiff(change.before->contents.toByteArray(), change.after->contents.toByteArray());
    change.added = diff.added;
    change.removed = diff.removed;
}

Change changeOf(const Overlay &overlay, const QString &path, const Overlay::Entry &entry)
{
    Change change;
    change.path = path;
    change.before = entry.before;
    change.after = entry.now;
    change.hunks = entry.hunks;
    change.ops = entry.ops;
    change.notes = entry.notes;
    QList<QString> purposes = entry.purposes;
    if (isMove(overlay, entry)) {
        const Overlay::Entry &origin = overlay.entries().at(entry.origin);
        change.from = entry.origin;
        change.before = origin.before;
        change.notes = origin.notes + change.notes;
        for (const int op : origin.ops) {
            if (!change.ops.contains(op)) {
                change.ops.append(op);
            }
        }
        for (const QString &purpose : origin.purposes) {
            if (!purposes.contains(purpose)) {
                purposes.append(purpose);
            }
        }
        std::sort(change.ops.begin(), change.ops.end());
    }
    change.purpose = purposes.join(QLatin1String("; "));
    change.kind = kindOf(change);
    return change;
}

void addNumber(QByteArray &record, qint64 number)
{
    record.append(reinterpret_cast<const char *>(&number), sizeof number);
}

void addText(QByteArray &record, const QString &text)
{
    addNumber(record, text.size());
    record.append(reinterpret_cast<const char *>(text.utf16()), text.size() * qsizetype(sizeof(char16_t)));
}

void addState(QByteArray &record, const std::optional<FileState> &state)
{
    addNumber(record, state ? state->contents.size() : -1);
    if (state) {
        addNumber(record, static_cast<qint64>(state->contents.fingerprint()[0]));
        addNumber(record, static_cast<qint64>(state->contents.fingerprint()[1]));
        addNumber(record, state->symlink ? -1 : state->mode);
    }
}

// A hash over the task, what it changes here, from what, and which gates it runs. The SHA-256 of the task and of the
// files beside it makes up for fingerprints that are not cryptographic: all new contents come from them.
QString planId(const Plan &plan)
{
    constexpr qsizetype usualRecordBytes = 256;
    QByteArray record = plan.task.sha256;
    record.reserve(record.size() + plan.changes.size() * usualRecordBytes);
    for (const FileBeside &file : plan.task.filesBeside) {
        addText(record, file.name);
        record += file.sha256;
    }
    for (const Change &change : plan.changes) {
        addText(record, change.path);
        addText(record, change.from);
        addState(record, change.before);
        addState(record, change.after);
    }
    for (const Gate &gate : plan.task.gates) {
        addText(record, toString(gate.phase));
        addNumber(record, gate.timeout.count());
        addText(record, gate.command);
        addText(record, gate.cwd);
        for (const auto &[name, value] : gate.environment) {
            addText(record, name);
            addText(record, value);
        }
    }
    const GitStep &git = plan.task.git;
    for (const QString &text : {git.requested ? QStringLiteral("git") : QString(), git.branch, git.commit, git.tag}) {
        addText(record, text);
    }
    return QString::fromLatin1(sha256Hex(record));
}

QString folded(const QString &path)
{
    return path.normalized(QString::NormalizationForm_C).toCaseFolded();
}

QString parentOf(const QString &path)
{
    return path.section(u'/', 0, -2);
}

// Finds names that only case tells apart; reads every folder of the workspace at most once.
class CaseCheck {
public:
    explicit CaseCheck(const Overlay &overlay)
        : m_overlay(overlay)
    {
        for (const auto &[planned, entry] : overlay.entries()) {
            for (QString path = entry.now ? planned : QString(); !path.isEmpty(); path = parentOf(path)) {
                m_planned[folded(path)].insert(path);
            }
        }
    }

    // A path that differs from `path` in case only; empty when there is none.
    Result<QString> twinOf(const QString &path)
    {
        for (const QString &other : std::as_const(m_planned)[folded(path)]) {
            if (other != path) {
                return other;
            }
        }
        const QString parent = parentOf(path);
        if (!m_onDisk.contains(parent)) {
            const Result<QList<QString>> names = m_overlay.root().namesIn(parent);
            if (!names) {
                return names.error();
            }
            m_onDisk.insert(parent, *names);
        }
        for (const QString &name : std::as_const(m_onDisk)[parent]) {
            const QString other = parent.isEmpty() ? name : parent + u'/' + name;
            if (other != path && !m_overlay.isRemoved(other) && folded(other) == folded(path)) {
                return other;
            }
        }
        return QString();
    }

private:
    const Overlay &m_overlay;
    QHash<QString, QSet<QString>> m_planned;
    QHash<QString, QList<QString>> m_onDisk;
};

} // namespace

Plan finishedPlan(const Task &task, const Overlay &overlay, const QList<QString> &warnings)
{
    Plan plan;
    plan.task = task;
    plan.workspace = overlay.root().path();
    plan.warnings = warnings;
    const QSet<QString> origins = consumedOrigins(overlay);
    plan.changes.reserve(overlay.entries().size());
    for (const auto &[path, entry] : overlay.entries()) {
        if (origins.contains(path)) {
            continue;
        }
        if (!sameState(entry.before, entry.now)) {
            plan.changes.append(changeOf(overlay, path, entry));
        } else if (entry.already || (!entry.ops.isEmpty() && entry.before)) {
            plan.alreadyApplied.append(path);
        }
    }
    completePlan(plan);
    return plan;
}

void completePlan(Plan &plan)
{
    forEachInParallel(plan.changes.size(),
                      [changes = plan.changes.data()](qsizetype i, qsizetype) { countLines(changes[i]); });
    plan.id = planId(plan);
}

Result<void> checkCaseCollisions(const Overlay &overlay)
{
    if (std::none_of(overlay.entries().begin(), overlay.entries().end(),
                     [](const auto &entry) { return comesIntoBeing(entry.second); })) {
        return {};
    }
    CaseCheck check(overlay);
    for (const auto &[planned, entry] : overlay.entries()) {
        if (!comesIntoBeing(entry)) {
            continue;
        }
        for (QString path = planned; !path.isEmpty(); path = parentOf(path)) {
            const Result<QString> twin = check.twinOf(path);
            if (!twin) {
                return twin.error();
            }
            if (!twin->isEmpty()) {
                return Error{ErrorCode::DoesNotApply,
                             QStringLiteral("%1 and %2 differ in upper and lower case only.").arg(path, *twin),
                             QStringLiteral("Choose another name: some file systems cannot hold both."),
                             planned,
                             {{QStringLiteral("path"), planned}}};
            }
        }
    }
    return {};
}

} // namespace PatchPanel::Patch
