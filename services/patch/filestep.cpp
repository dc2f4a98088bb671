#include "services/patch/filestep.h"

#include "services/patch/binarychange.h"

#include <climits>

namespace PatchPanel::Patch {

namespace {

int withExecutable(int mode, bool executable)
{
    return executable ? mode | ((mode & 0444) >> 2) : mode & ~0111;
}

int permissionsOf(std::optional<int> gitMode)
{
    return gitMode && (*gitMode & 0100) != 0 ? 0755 : 0644;
}

// A symbolic link that the kernel would not make, or would make otherwise, is no plan.
Result<void> checkLink(const FileState &state, const QString &path)
{
    const QByteArrayView target = state.contents.bytes();
    if (!state.symlink || (!target.isEmpty() && target.size() < PATH_MAX && !target.contains('\0'))) {
        return {};
    }
    return Error{ErrorCode::InvalidTask, QStringLiteral("%1 cannot be a symbolic link to that.").arg(path),
                 QStringLiteral("The target of a link has 1 to %1 bytes and no NUL.").arg(PATH_MAX - 1), path};
}

Error doesNotApply(const QString &message, const QString &hint = {})
{
    return {ErrorCode::DoesNotApply, message, hint};
}

// The old bytes are seldom asked for again, and the hunks give them back from the new ones. Forgotten, their memory
// serves for the next file.
void forgetBytesBefore(Overlay::Entry &entry)
{
    if (!entry.before || !entry.now || !entry.hunks->places.isExact()) {
        return;
    }
    entry.before->contents = entry.before->contents.madeBy(
        [after = entry.now->contents, text = entry.hunks->text, hunks = entry.hunks->hunks,
         places = entry.hunks->places] { return withoutHunks(after.bytes(), hunks, places); });
}

} // namespace

FileStep::FileStep(Overlay &overlay, const FileDiff &diff, const LocateOptions &options, Judge judge, PatchScope *scope)
    : m_overlay(overlay)
    , m_diff(diff)
    , m_options(options)
    , m_judge(judge)
    , m_scope(scope)
{
}

Result<FileStep::Outcome> FileStep::run()
{
    switch (m_diff.action) {
    case DiffAction::Create:
        return create();
    case DiffAction::Delete:
        return remove();
    case DiffAction::Modify:
        return modify();
    case DiffAction::Rename:
    case DiffAction::Copy:
        break;
    }
    return transfer();
}

Result<std::optional<FileState>> FileStep::read(const QString &path)
{
    Result<std::optional<FileState>> state = m_overlay.read(path);
    if (state && *state && (*state)->symlink != m_diff.isSymlink()) {
        return Error{ErrorCode::UnsafePath,
                     (*state)->symlink
                         ? QStringLiteral("%1 is a symbolic link; the diff is about a regular file.").arg(path)
                         : QStringLiteral("%1 is a regular file; the diff is about a symbolic link.").arg(path)};
    }
    return state;
}

// A file that is taken from, as it stood before the patch: a copy's in any case, another's when the patch has put
// something else there since.
Result<std::optional<FileState>> FileStep::readSource(const QString &path)
{
    const Result<std::optional<FileState>> now = read(path);
    if (!now || m_scope == nullptr || (m_diff.action != DiffAction::Copy && !isWritten(path))) {
        return now;
    }
    return m_scope->before.value(path);
}

// A file that is in the way at the path; nothing when another file of the patch takes it away.
Result<std::optional<FileState>> FileStep::readTarget(const QString &path)
{
    const bool goes = m_scope != nullptr && m_scope->vacated.contains(path) && !isWritten(path);
    return goes ? Result<std::optional<FileState>>(std::nullopt) : read(path);
}

void FileStep::noteWritten(const QString &path)
{
    if (m_scope != nullptr) {
        m_scope->written.insert(path);
    }
}

Result<FileStep::Outcome> FileStep::alreadyOr(const Error &error) const
{
    return m_judge == Judge::Yes ? Result<Outcome>(Outcome::Already) : error;
}

// Puts the state into the overlay, if it can exist.
Result<void> FileStep::write(const QString &path, const FileState &state)
{
    const Result<void> possible = checkLink(state, path);
    return possible ? m_overlay.put(path, state) : possible;
}

Result<FileStep::Outcome> FileStep::changed(const Result<void> &written) const
{
    return written ? Result<Outcome>(Outcome::Changed) : written.error();
}

// What the diff leaves of `contents`.
Result<Patched> FileStep::patched(QByteArrayView contents) const
{
    if (!m_diff.binary) {
        return applyHunks(contents, m_diff.hunks, m_options, m_overlay.memory().results);
    }
    const Result<std::optional<QByteArray>> after = applyBinary(contents, m_diff);
    if (!after) {
        return after.error();
    }
    return *after ? Result<Patched>(Patched{Blob(**after)})
                  : doesNotApply(QStringLiteral("It is as the diff leaves it."));
}

// Notes where the hunks went, and keeps them as the preview of the change when they alone make it.
void FileStep::notePlaces(const QString &path, const FileState &from, const std::optional<FileState> &onDisk,
                          HunkPlaces places)
{
    if (m_diff.binary) {
        return;
    }
    Overlay::Entry &entry = m_overlay.entry(path);
    entry.notes.append(places.notes());
    if (onDisk && onDisk->contents == from.contents && !from.symlink) {
        entry.hunks = PlacedHunks{m_diff.hunks, std::move(places), m_diff.added(), m_diff.removed(), m_diff.text};
        forgetBytesBefore(entry);
    }
}

Result<FileStep::Outcome> FileStep::create()
{
    const Result<Patched> contents = patched({});
    if (!contents) {
        return contents.error();
    }
    const FileState wanted = newFileState(contents->contents, permissionsOf(m_diff.newMode), m_diff.isSymlink());
    const Result<std::optional<FileState>> standing = readTarget(m_diff.newPath);
    if (!standing) {
        return standing.error();
    }
    if (!*standing) {
        noteWritten(m_diff.newPath);
        return changed(write(m_diff.newPath, wanted));
    }
    const Error exists = doesNotApply(QStringLiteral("%1 exists already; the diff creates it.").arg(m_diff.newPath),
                                      QStringLiteral("Make the diff against the file as it is."));
    return (*standing)->contents == wanted.contents ? alreadyOr(exists) : exists;
}

Result<FileStep::Outcome> FileStep::remove()
{
    const Result<std::optional<FileState>> standing = readSource(m_diff.oldPath);
    if (!standing) {
        return standing.error();
    }
    if (!*standing) {
        return alreadyOr(doesNotApply(QStringLiteral("%1 does not exist.").arg(m_diff.oldPath)));
    }
    const Result<Patched> rest = patched((*standing)->contents.bytes());
    if (!rest) {
        return rest.error();
    }
    if (!rest->contents.isEmpty()) {
        return doesNotApply(QStringLiteral("%1 has more in it than the diff that deletes it.").arg(m_diff.oldPath),
                            QStringLiteral("Make the task again from the file as it is now."));
    }
    return isWritten(m_diff.oldPath) ? Outcome::Changed : changed(m_overlay.remove(m_diff.oldPath));
}

// When the header names two files, the one that exists is meant.
Result<QString> FileStep::target()
{
    if (m_diff.oldPath == m_diff.newPath) {
        return m_diff.newPath;
    }
    const Result<std::optional<FileState>> oldFile = m_overlay.read(m_diff.oldPath);
    const Result<std::optional<FileState>> newFile = m_overlay.read(m_diff.newPath);
    const bool oldThere = oldFile && *oldFile;
    const bool newThere = newFile && *newFile;
    if (oldThere && newThere) {
        return Error{ErrorCode::Ambiguous,
                     QStringLiteral("The diff names %1 and %2, and both exist.").arg(m_diff.oldPath, m_diff.newPath),
                     QStringLiteral("Write the same name in both header lines.")};
    }
    const QString chosen = oldThere ? m_diff.oldPath : m_diff.newPath;
    if (oldThere || newThere) {
        m_overlay.entry(chosen).notes.append(
            QStringLiteral("the diff names %1 and %2; only this one exists").arg(m_diff.oldPath, m_diff.newPath));
    }
    return chosen;
}

Result<FileStep::Outcome> FileStep::modify()
{
    const Result<QString> path = target();
    if (!path) {
        return path.error();
    }
    const Result<std::optional<FileState>> standing = read(*path);
    if (!standing) {
        return standing.error();
    }
    if (!*standing) {
        return onlyAdds() ? create()
                          : doesNotApply(QStringLiteral("%1 does not exist.").arg(*path),
                                         QStringLiteral("Check the name and the strip level of the diff."));
    }
    if (onlyAdds() && m_diff.hunks.first().oldStart == 0 && !(*standing)->contents.isEmpty()) {
        return create(); // says "exists already", or finds the same bytes
    }
    const Result<std::optional<Patched>> result = judged((*standing)->contents.bytes());
    if (!result) {
        return result.error();
    }
    const int mode = modeAfter((*standing)->mode);
    if (!*result && mode == (*standing)->mode) {
        return alreadyOr(doesNotApply(QStringLiteral("%1 is as the diff leaves it.").arg(*path)));
    }
    FileState after = *result ? newFileState((*result)->contents, mode, (*standing)->symlink) : **standing;
    after.mode = (*standing)->symlink ? after.mode : mode;
    const Result<void> written = write(*path, after);
    if (written && *result) {
        notePlaces(*path, **standing, m_overlay.entry(*path).before, std::move((**result).places));
    }
    return changed(written);
}

int FileStep::modeAfter(int mode) const
{
    const bool changes = m_diff.oldMode && m_diff.newMode && *m_diff.oldMode != *m_diff.newMode;
    return changes ? withExecutable(mode, (*m_diff.newMode & 0100) != 0) : mode;
}

// What the diff makes of `contents`; nothing when that is there already.
Result<std::optional<Patched>> FileStep::judged(QByteArrayView contents) const
{
    if (m_diff.binary) {
        const Result<std::optional<QByteArray>> after = applyBinary(contents, m_diff);
        if (!after) {
            return after.error();
        }
        return *after ? std::optional(Patched{Blob(**after)}) : std::nullopt;
    }
    if (m_diff.hunks.isEmpty()) {
        return std::optional<Patched>();
    }
    if (m_judge == Judge::No) {
        Result<Patched> result = applyHunks(contents, m_diff.hunks, m_options, m_overlay.memory().results);
        return result ? Result<std::optional<Patched>>(*std::move(result)) : result.error();
    }
    Result<JudgedPatch> verdict = judgeHunks(contents, m_diff.hunks, m_options, m_overlay.memory().results);
    if (!verdict) {
        return verdict.error();
    }
    return verdict->state == PatchState::Applicable ? std::optional(std::move(verdict->patched)) : std::nullopt;
}

Result<FileStep::Outcome> FileStep::transfer()
{
    const Result<std::optional<FileState>> from = readSource(m_diff.oldPath);
    const Result<std::optional<FileState>> to = readTarget(m_diff.newPath);
    if (!from || !to) {
        return from ? to.error() : from.error();
    }
    const bool copies = m_diff.action == DiffAction::Copy;
    if (!*from) {
        const Error missing = doesNotApply(QStringLiteral("%1 does not exist.").arg(m_diff.oldPath));
        return !copies && *to && undoes(**to) ? alreadyOr(missing) : missing;
    }
    Result<Patched> result = patched((*from)->contents.bytes());
    if (!result) {
        return result.error();
    }
    const FileState after = newFileState(result->contents, modeAfter((*from)->mode), (*from)->symlink);
    if (*to) {
        const Error exists = doesNotApply(QStringLiteral("%1 exists already.").arg(m_diff.newPath));
        return copies && sameState(after, **to) ? alreadyOr(exists) : exists;
    }
    if (!copies && !isWritten(m_diff.oldPath)) {
        const Result<void> moved = m_overlay.move(m_diff.oldPath, m_diff.newPath);
        if (!moved) {
            return moved.error();
        }
    }
    const Result<void> written = write(m_diff.newPath, after);
    if (written) {
        noteWritten(m_diff.newPath);
        const std::optional<FileState> onDisk = copies ? std::nullopt : m_overlay.entry(m_diff.oldPath).before;
        notePlaces(m_diff.newPath, **from, onDisk, std::move(result->places));
    }
    return changed(written);
}

// Whether the file is what the diff leaves.
bool FileStep::undoes(const FileState &state) const
{
    if (m_diff.binary) {
        return gitBlobId(state.contents.bytes()) == m_diff.newBlob;
    }
    return locateHunks(state.contents.bytes(), m_diff.hunks, {}, Direction::Backward).ok();
}

} // namespace PatchPanel::Patch
