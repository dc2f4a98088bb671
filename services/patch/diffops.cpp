#include "services/patch/diffops.h"

#include "services/patch/hunkpatch.h"

#include <QJsonArray>

#include <algorithm>

namespace PatchPanel::Patch {

namespace {

// Whether a file that is changed already counts as done, or as not applicable.
enum class Judge { Yes, No };

enum class Step { Changed, Already };

int withExecutable(int mode, bool executable)
{
    return executable ? mode | ((mode & 0444) >> 2) : mode & ~0111;
}

int permissionsOf(std::optional<int> gitMode)
{
    return gitMode && (*gitMode & 0100) != 0 ? 0755 : 0644;
}

Error doesNotApply(const QString &message, const QString &hint = {})
{
    return {ErrorCode::DoesNotApply, message, hint};
}

// One FileDiff on an overlay.
class FileStep {
public:
    FileStep(Overlay &overlay, const FileDiff &diff, int fuzz, Judge judge)
        : m_overlay(overlay)
        , m_diff(diff)
        , m_fuzz(fuzz)
        , m_judge(judge)
    {
    }

    Result<Step> run()
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

private:
    Result<std::optional<FileState>> read(const QString &path)
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

    Result<Step> alreadyOr(const Error &error) const
    {
        return m_judge == Judge::Yes ? Result<Step>(Step::Already) : error;
    }

    Result<Step> changed(const Result<void> &written) const
    {
        return written ? Result<Step>(Step::Changed) : written.error();
    }

    bool onlyAdds() const { return m_diff.hunks.size() == 1 && m_diff.hunks.first().oldLines().isEmpty(); }

    Result<Step> create()
    {
        const QByteArray contents = m_diff.hunks.isEmpty() ? QByteArray() : m_diff.hunks.first().newLines().join();
        const FileState wanted = newFileState(contents, permissionsOf(m_diff.newMode), m_diff.isSymlink());
        const Result<std::optional<FileState>> standing = read(m_diff.newPath);
        if (!standing) {
            return standing.error();
        }
        if (!*standing) {
            return changed(m_overlay.put(m_diff.newPath, wanted));
        }
        const Error exists = doesNotApply(QStringLiteral("%1 exists already; the diff creates it.").arg(m_diff.newPath),
                                          QStringLiteral("Make the diff against the file as it is."));
        return (*standing)->sha256 == wanted.sha256 ? alreadyOr(exists) : exists;
    }

    Result<Step> remove()
    {
        const Result<std::optional<FileState>> standing = read(m_diff.oldPath);
        if (!standing) {
            return standing.error();
        }
        if (!*standing) {
            return alreadyOr(doesNotApply(QStringLiteral("%1 does not exist.").arg(m_diff.oldPath)));
        }
        const Result<Patched> rest = applyHunks((*standing)->contents, m_diff.hunks, m_fuzz);
        if (!rest) {
            return rest.error();
        }
        if (!rest->contents.isEmpty()) {
            return doesNotApply(QStringLiteral("%1 has more in it than the diff that deletes it.").arg(m_diff.oldPath),
                                QStringLiteral("Make the task again from the file as it is now."));
        }
        return changed(m_overlay.remove(m_diff.oldPath));
    }

    // When the header names two files, the one that exists is meant.
    Result<QString> target()
    {
        if (m_diff.oldPath == m_diff.newPath) {
            return m_diff.newPath;
        }
        const Result<std::optional<FileState>> oldFile = m_overlay.read(m_diff.oldPath);
        const Result<std::optional<FileState>> newFile = m_overlay.read(m_diff.newPath);
        const bool oldThere = oldFile && *oldFile;
        const bool newThere = newFile && *newFile;
        if (oldThere && newThere) {
            return Error{
                ErrorCode::Ambiguous,
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

    Result<Step> modify()
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
        FileState after = **standing;
        const Result<bool> patched = patch(*path, after);
        if (!patched) {
            return patched.error();
        }
        if (m_diff.oldMode && m_diff.newMode && *m_diff.oldMode != *m_diff.newMode) {
            after.mode = withExecutable(after.mode, (*m_diff.newMode & 0100) != 0);
        }
        after = newFileState(after.contents, after.mode, after.symlink);
        if (sameState(after, **standing)) {
            return alreadyOr(doesNotApply(QStringLiteral("%1 is as the diff leaves it.").arg(*path)));
        }
        return changed(m_overlay.put(*path, after));
    }

    // True when the hunks changed the contents, false when they are applied already.
    Result<bool> patch(const QString &path, FileState &state)
    {
        if (m_judge == Judge::No) {
            const Result<Patched> patched = applyHunks(state.contents, m_diff.hunks, m_fuzz);
            if (!patched) {
                return patched.error();
            }
            state.contents = patched->contents;
            return true;
        }
        const Result<JudgedPatch> judged = judgeHunks(state.contents, m_diff, m_fuzz);
        if (!judged) {
            return judged.error();
        }
        if (judged->state == PatchState::Applied) {
            return false;
        }
        state.contents = judged->patched.contents;
        m_overlay.entry(path).notes.append(judged->patched.places.notes);
        return true;
    }

    Result<Step> transfer()
    {
        const Result<std::optional<FileState>> from = read(m_diff.oldPath);
        const Result<std::optional<FileState>> to = read(m_diff.newPath);
        if (!from || !to) {
            return from ? to.error() : from.error();
        }
        const bool copies = m_diff.action == DiffAction::Copy;
        if (!*from) {
            const Error missing = doesNotApply(QStringLiteral("%1 does not exist.").arg(m_diff.oldPath));
            return !copies && *to && undoes(**to) ? alreadyOr(missing) : missing;
        }
        const Result<Patched> patched = applyHunks((*from)->contents, m_diff.hunks, m_fuzz);
        if (!patched) {
            return patched.error();
        }
        const bool modeChanges = m_diff.oldMode && m_diff.newMode && *m_diff.oldMode != *m_diff.newMode;
        const int mode = modeChanges ? withExecutable((*from)->mode, (*m_diff.newMode & 0100) != 0) : (*from)->mode;
        const FileState after = newFileState(patched->contents, mode, (*from)->symlink);
        if (*to) {
            const Error exists = doesNotApply(QStringLiteral("%1 exists already.").arg(m_diff.newPath));
            return copies && sameState(after, **to) ? alreadyOr(exists) : exists;
        }
        if (!copies) {
            const Result<void> moved = m_overlay.move(m_diff.oldPath, m_diff.newPath);
            if (!moved) {
                return moved.error();
            }
        }
        const Result<void> written = m_overlay.put(m_diff.newPath, after);
        if (written) {
            m_overlay.entry(m_diff.newPath).notes.append(patched->places.notes);
        }
        return changed(written);
    }

    bool undoes(const FileState &state) const { return applyHunks(state.contents, reversed(m_diff).hunks, 0).ok(); }

    Overlay &m_overlay;
    const FileDiff &m_diff;
    int m_fuzz;
    Judge m_judge;
};

// A series of patches on the same files can hide that the first ones are applied: undo it from its end.
bool seriesIsApplied(const Overlay &overlay, const QList<FileDiff> &files)
{
    Overlay scratch = overlay;
    return std::all_of(files.rbegin(), files.rend(), [&scratch](const FileDiff &file) {
        return file.action != DiffAction::Copy && FileStep(scratch, reversed(file), 0, Judge::No).run().ok();
    });
}

Error located(Error error, const QString &path)
{
    error.where = error.where.isEmpty() ? path : error.where;
    error.details.insert(QStringLiteral("path"), path);
    return error;
}

Error failureOf(const QList<Error> &errors)
{
    Error first = errors.first();
    if (errors.size() > 1) {
        QJsonArray problems;
        for (const Error &error : errors) {
            problems.append(QJsonObject{{QStringLiteral("where"), error.where},
                                        {QStringLiteral("message"), error.message},
                                        {QStringLiteral("hint"), error.hint}});
        }
        first.details.insert(QStringLiteral("problems"), problems);
    }
    return first;
}

Error halfApplied(const DiffOutcome &outcome)
{
    return {ErrorCode::DoesNotApply,
            QStringLiteral("The diff is applied in part. Applied already: %1. Not yet: %2.")
                .arg(outcome.already.join(QLatin1String(", ")), outcome.changed.join(QLatin1String(", "))),
            QStringLiteral("Use --skip-applied to apply the rest."),
            outcome.changed.first(),
            {{QStringLiteral("path"), outcome.changed.first()},
             {QStringLiteral("applied"), QJsonArray::fromStringList(outcome.already)},
             {QStringLiteral("notApplied"), QJsonArray::fromStringList(outcome.changed)}}};
}

void appendOnce(QList<QString> &list, const QString &text)
{
    if (!list.contains(text)) {
        list.append(text);
    }
}

} // namespace

Result<DiffOutcome> applyDiff(Overlay &overlay, const QList<FileDiff> &files, const PlanOptions &options)
{
    Overlay scratch = overlay;
    DiffOutcome outcome;
    QList<Error> errors;
    for (const FileDiff &file : files) {
        const Result<Step> step = FileStep(scratch, file, options.fuzz, Judge::Yes).run();
        if (!step) {
            errors.append(located(step.error(), file.path()));
            continue;
        }
        appendOnce(*step == Step::Changed ? outcome.changed : outcome.already, file.path());
        if (*step == Step::Changed && file.action == DiffAction::Rename) {
            appendOnce(outcome.changed, file.oldPath);
        }
    }
    const bool someThere = !outcome.already.isEmpty() || !errors.isEmpty();
    const bool allThere = errors.isEmpty() && outcome.changed.isEmpty();
    if (someThere && !allThere && seriesIsApplied(overlay, files)) {
        DiffOutcome applied;
        for (const FileDiff &file : files) {
            if (overlay.read(file.path())) {
                overlay.entry(file.path()).already = true;
                appendOnce(applied.already, file.path());
            }
        }
        return applied;
    }
    if (!errors.isEmpty()) {
        return failureOf(errors);
    }
    if (!outcome.already.isEmpty() && !outcome.changed.isEmpty() && !options.skipApplied) {
        return halfApplied(outcome);
    }
    overlay = scratch;
    for (const QString &path : std::as_const(outcome.already)) {
        overlay.entry(path).already = true;
    }
    return outcome;
}

} // namespace PatchPanel::Patch
