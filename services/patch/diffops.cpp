#include "services/patch/diffops.h"

#include "services/common/parallel.h"
#include "services/patch/diffparts.h"
#include "services/patch/filestep.h"

#include <QJsonArray>
#include <QSet>

#include <algorithm>
#include <numeric>
#include <vector>

namespace PatchPanel::Patch {

namespace {

// A series of patches on the same files can hide that the first ones are applied: undo it from its end.
bool seriesIsApplied(const Overlay &overlay, const QList<FileDiff> &files)
{
    const LocateOptions exact;
    Overlay scratch = overlay;
    return std::all_of(files.rbegin(), files.rend(), [&scratch, &exact](const FileDiff &file) {
        const bool undoable = file.action != DiffAction::Copy && (!file.binary || file.binary->backward);
        return undoable && FileStep(scratch, reversed(file), exact, FileStep::Judge::No, nullptr).run().ok();
    });
}

// Whether the diff comes to a path more than once. Only then can one of its files hide another.
bool repeatsPaths(const QList<FileDiff> &files)
{
    QSet<QString> paths;
    for (const FileDiff &file : files) {
        const qsizetype before = paths.size();
        paths.insert(file.oldPath.isEmpty() ? file.newPath : file.oldPath);
        paths.insert(file.path());
        const bool twoNames = !file.oldPath.isEmpty() && file.oldPath != file.path();
        if (paths.size() < before + (twoNames ? 2 : 1)) {
            return true;
        }
    }
    return false;
}

bool isUnclear(const QList<Error> &errors)
{
    return std::any_of(errors.begin(), errors.end(),
                       [](const Error &error) { return error.code == ErrorCode::Ambiguous; });
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
                                        {QStringLiteral("hint"), error.hint},
                                        {QStringLiteral("details"), error.details}});
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

PatchScope scopeOf(const QList<FileDiff> &files, const QList<qsizetype> &part, int patch)
{
    PatchScope scope;
    for (const qsizetype i : part) {
        const bool goes = files.at(i).action == DiffAction::Rename || files.at(i).action == DiffAction::Delete;
        if (files.at(i).patch == patch && goes) {
            scope.vacated.insert(files.at(i).oldPath);
        }
    }
    return scope;
}

void rememberBefore(PatchScope &scope, Overlay &overlay, const FileDiff &file)
{
    for (const QString &path : {file.oldPath, file.newPath}) {
        if (path.isEmpty() || scope.before.contains(path)) {
            continue;
        }
        if (const Result<std::optional<FileState>> state = overlay.read(path)) {
            scope.before.insert(path, *state);
        }
    }
}

using Steps = std::vector<std::optional<Result<FileStep::Outcome>>>; // one per file

// Files of a diff that must be taken in their order, with a scope for each patch among them.
void runPart(Overlay &overlay, const QList<FileDiff> &files, const QList<qsizetype> &part, const LocateOptions &options,
             Steps &steps)
{
    PatchScope scope;
    int patch = -1;
    for (const qsizetype i : part) {
        const FileDiff &file = files.at(i);
        if (part.size() > 1) {
            if (file.patch != patch) {
                patch = file.patch;
                scope = scopeOf(files, part, patch);
            }
            rememberBefore(scope, overlay, file);
        }
        steps[static_cast<size_t>(i)] =
            FileStep(overlay, file, options, FileStep::Judge::Yes, part.size() > 1 ? &scope : nullptr).run();
    }
}

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
        runPart(overlays[static_cast<size_t>(worker)], files, parts.at(i), options, steps);
    });
    for (Overlay &part : overlays) {
        overlay.absorb(std::move(part));
    }
    return steps;
}

Steps stepsInOrder(Overlay &overlay, const QList<FileDiff> &files, const LocateOptions &options)
{
    Steps steps(static_cast<size_t>(files.size()));
    QList<qsizetype> all(files.size());
    std::iota(all.begin(), all.end(), 0);
    runPart(overlay, files, all, options, steps);
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
        const Result<FileStep::Outcome> &step = *steps[static_cast<size_t>(i)];
        if (!step) {
            errors.append(located(step.error(), file.path()));
            continue;
        }
        (*step == FileStep::Outcome::Changed ? changed : already).append(file.path());
        if (*step == FileStep::Outcome::Changed && file.action == DiffAction::Rename) {
            changed.append(file.oldPath);
        }
    }
    const DiffOutcome outcome{changed.list, already.list};
    const bool someThere = !outcome.already.isEmpty() || !errors.isEmpty();
    const bool allThere = errors.isEmpty() && outcome.changed.isEmpty();
    if (someThere && !allThere && !isUnclear(errors) && repeatsPaths(files) && seriesIsApplied(overlay, files)) {
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
