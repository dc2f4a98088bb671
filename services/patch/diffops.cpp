#include "services/patch/diffops.h"

#include "services/common/parallel.h"
#include "services/patch/binarychange.h"
#include "services/patch/diffparts.h"
#include "services/patch/hunkpatch.h"

#include <QJsonArray>
#include <QSet>

#include <algorithm>
#include <vector>

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
    FileStep(Overlay &overlay, const FileDiff &diff, const LocateOptions &options, Judge judge)
        : m_overlay(overlay)
        , m_diff(diff)
        , m_options(options)
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

    bool onlyAdds() const { return m_diff.hunks.size() == 1 && m_diff.hunks.first().oldCount == 0; }

    // What the diff leaves of `contents`.
    Result<Patched> patched(QByteArrayView contents) const
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
    void notePlaces(const QString &path, const FileState &from, const std::optional<FileState> &onDisk,
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

    // The old bytes are seldom asked for again, and the hunks give them back from the new ones. Forgotten, their memory
    // serves for the next file.
    static void forgetBytesBefore(Overlay::Entry &entry)
    {
        if (!entry.before || !entry.now || !entry.hunks->places.isExact()) {
            return;
        }
        entry.before->contents = entry.before->contents.madeBy(
            [after = entry.now->contents, text = entry.hunks->text, hunks = entry.hunks->hunks,
             places = entry.hunks->places] { return withoutHunks(after.bytes(), hunks, places); });
    }

    Result<Step> create()
    {
        const Result<Patched> contents = patched({});
        if (!contents) {
            return contents.error();
        }
        const FileState wanted = newFileState(contents->contents, permissionsOf(m_diff.newMode), m_diff.isSymlink());
        const Result<std::optional<FileState>> standing = read(m_diff.newPath);
        if (!standing) {
            return standing.error();
        }
        if (!*standing) {
            return changed(m_overlay.put(m_diff.newPath, wanted));
        }
        const Error exists = doesNotApply(QStringLiteral("%1 exists already; the diff creates it.").arg(m_diff.newPath),
                                          QStringLiteral("Make the diff against the file as it is."));
        return (*standing)->contents == wanted.contents ? alreadyOr(exists) : exists;
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
        const Result<Patched> rest = patched((*standing)->contents.bytes());
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
        const Result<void> written = m_overlay.put(*path, after);
        if (written && *result) {
            notePlaces(*path, **standing, m_overlay.entry(*path).before, std::move((**result).places));
        }
        return changed(written);
    }

    int modeAfter(int mode) const
    {
        const bool changes = m_diff.oldMode && m_diff.newMode && *m_diff.oldMode != *m_diff.newMode;
        return changes ? withExecutable(mode, (*m_diff.newMode & 0100) != 0) : mode;
    }

    // What the diff makes of `contents`; nothing when that is there already.
    Result<std::optional<Patched>> judged(QByteArrayView contents) const
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
        Result<Patched> result = patched((*from)->contents.bytes());
        if (!result) {
            return result.error();
        }
        const FileState after = newFileState(result->contents, modeAfter((*from)->mode), (*from)->symlink);
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
            const std::optional<FileState> onDisk = copies ? std::nullopt : m_overlay.entry(m_diff.oldPath).before;
            notePlaces(m_diff.newPath, **from, onDisk, std::move(result->places));
        }
        return changed(written);
    }

    // Whether the file is what the diff leaves.
    bool undoes(const FileState &state) const
    {
        if (m_diff.binary) {
            return gitBlobId(state.contents.bytes()) == m_diff.newBlob;
        }
        return locateHunks(state.contents.bytes(), m_diff.hunks, {}, Direction::Backward).ok();
    }

    Overlay &m_overlay;
    const FileDiff &m_diff;
    const LocateOptions &m_options;
    Judge m_judge;
};

// A series of patches on the same files can hide that the first ones are applied: undo it from its end.
bool seriesIsApplied(const Overlay &overlay, const QList<FileDiff> &files)
{
    const LocateOptions exact;
    Overlay scratch = overlay;
    return std::all_of(files.rbegin(), files.rend(), [&scratch, &exact](const FileDiff &file) {
        const bool undoable = file.action != DiffAction::Copy && (!file.binary || file.binary->backward);
        return undoable && FileStep(scratch, reversed(file), exact, Judge::No).run().ok();
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

// Texts in the order in which they came, each once.
struct OnceList {
    QList<QString> list;
    QSet<QString> known;

    void append(const QString &text)
    {
        if (!known.contains(text)) {
            known.insert(text);
            list.append(text);
        }
    }
};

DiffOutcome markApplied(Overlay &overlay, const QList<FileDiff> &files)
{
    OnceList already;
    for (const FileDiff &file : files) {
        if (overlay.read(file.path())) {
            overlay.entry(file.path()).already = true;
            already.append(file.path());
        }
    }
    return {{}, already.list};
}

using Steps = std::vector<std::optional<Result<Step>>>; // one per file

constexpr qsizetype manyFiles = 64; // from which on an arena is worth its first large page

// The parts on all processors, each worker's in an overlay of its own; then all of them into `overlay`, which is empty.
Steps stepsInParallel(Overlay &overlay, const QList<FileDiff> &files, const LocateOptions &options)
{
    Steps steps(static_cast<size_t>(files.size()));
    const QList<QList<qsizetype>> parts = independentParts(files);
    const auto workers = static_cast<size_t>(workersFor(parts.size()));
    std::vector<ByteArena> readings(workers);
    std::vector<ByteArena> results(workers);
    std::vector<Overlay> overlays;
    for (size_t i = 0; i < workers; ++i) {
        const bool many = parts.size() >= manyFiles;
        overlays.emplace_back(overlay.root(), many ? Overlay::Memory{&readings[i], &results[i]} : Overlay::Memory{});
    }
    forEachInParallel(parts.size(), [&](qsizetype i, qsizetype worker) {
        readings[static_cast<size_t>(worker)].reuse();
        for (const qsizetype file : parts.at(i)) {
            steps[static_cast<size_t>(file)] =
                FileStep(overlays[static_cast<size_t>(worker)], files.at(file), options, Judge::Yes).run();
        }
    });
    for (Overlay &part : overlays) {
        overlay.absorb(std::move(part));
    }
    return steps;
}

Steps stepsInOrder(Overlay &overlay, const QList<FileDiff> &files, const LocateOptions &options)
{
    Steps steps;
    for (const FileDiff &file : files) {
        steps.emplace_back(FileStep(overlay, file, options, Judge::Yes).run());
    }
    return steps;
}

} // namespace

Result<DiffOutcome> applyDiff(Overlay &overlay, const QList<FileDiff> &files, const PlanOptions &options)
{
    const LocateOptions locate{options.fuzz, options.offset, options.whitespace};
    Overlay scratch = overlay;
    // What earlier ops left can lie above or beneath any path: then one after another.
    const Steps steps =
        overlay.entries().empty() ? stepsInParallel(scratch, files, locate) : stepsInOrder(scratch, files, locate);
    OnceList changed;
    OnceList already;
    QList<Error> errors;
    for (qsizetype i = 0; i < files.size(); ++i) {
        const FileDiff &file = files.at(i);
        const Result<Step> &step = *steps[static_cast<size_t>(i)];
        if (!step) {
            errors.append(located(step.error(), file.path()));
            continue;
        }
        (*step == Step::Changed ? changed : already).append(file.path());
        if (*step == Step::Changed && file.action == DiffAction::Rename) {
            changed.append(file.oldPath);
        }
    }
    const DiffOutcome outcome{changed.list, already.list};
    const bool someThere = !outcome.already.isEmpty() || !errors.isEmpty();
    const bool allThere = errors.isEmpty() && outcome.changed.isEmpty();
    if (someThere && !allThere && seriesIsApplied(overlay, files)) {
        return markApplied(overlay, files);
    }
    if (!errors.isEmpty()) {
        return failureOf(errors);
    }
    if (!outcome.already.isEmpty() && !outcome.changed.isEmpty() && !options.skipApplied) {
        return halfApplied(outcome);
    }
    overlay = std::move(scratch);
    for (const QString &path : outcome.already) {
        overlay.entry(path).already = true;
    }
    return outcome;
}

} // namespace PatchPanel::Patch
