#include "app/pastruns.h"

#include "app/commands/commands.h"
#include "app/profile.h"
#include "services/runner/runhistory.h"
#include "services/storage/workspacereports.h"

#include <QDir>
#include <QFileInfo>
#include <QSet>

#include <algorithm>
#include <cstdio>
#include <limits>

namespace PatchPanel::App {

namespace {

using Storage::HistoryEntry;

const QString newestName = QStringLiteral("last");
constexpr qsizetype mostNamed = 5; // runs in a message

QString named(const QList<HistoryEntry> &runs)
{
    QStringList ids;
    for (const HistoryEntry &run : runs.first(std::min(runs.size(), mostNamed))) {
        ids.append(run.runId);
    }
    return ids.join(QStringLiteral(", ")) + (runs.size() > mostNamed ? QStringLiteral(", …") : QString());
}

Error noSuchRun(const QList<HistoryEntry> &runs, const QString &name)
{
    if (runs.isEmpty()) {
        return Error{ErrorCode::NotFound, QStringLiteral("no run has left a report here"),
                     QStringLiteral("name the workspace of the run with --workspace")};
    }
    return Error{ErrorCode::NotFound, QStringLiteral("no run is called \"%1\"").arg(name),
                 QStringLiteral("the newest ones are %1").arg(named(runs))};
}

Result<HistoryEntry> newestOf(const QList<HistoryEntry> &newestFirst)
{
    const auto run = std::find_if(newestFirst.begin(), newestFirst.end(), [](const HistoryEntry &each) {
        return !each.reportPath.isEmpty() || each.status == RunStatus::Noop;
    });
    return run == newestFirst.end() ? Result<HistoryEntry>(noSuchRun({}, newestName)) : *run;
}

// Others have changed nothing, or have taken it back themselves.
bool mayHaveLeftChanges(const HistoryEntry &run)
{
    switch (run.status) {
    case RunStatus::Noop:
    case RunStatus::Skipped:
    case RunStatus::Failed:
    case RunStatus::Conflict:
    case RunStatus::Invalid:
    case RunStatus::Stale:
    case RunStatus::Busy:
    case RunStatus::Cancelled:
        return false;
    default:
        return true;
    }
}

// The runs in the history, of one workspace or, when that is empty, of all. A history that cannot be read is told of
// and counts as empty: the workspace may still know the run.
QList<HistoryEntry> recordedRuns(const Options &options, const QString &workspace)
{
    const auto history = openHistory(options);
    Result<Storage::HistoryPage> page = history
        ? (*history)->list({.limit = std::numeric_limits<int>::max() - 1, .workspace = workspace})
        : Result<Storage::HistoryPage>(history.error());
    if (!page) {
        complain(page.error());
        return {};
    }
    return page->entries;
}

void addRunsOnlyIn(const QString &workspace, QList<HistoryEntry> &runs)
{
    QSet<QString> known;
    for (const HistoryEntry &run : std::as_const(runs)) {
        known.insert(run.runId);
    }
    for (const QString &runId : Storage::runIdsIn(workspace)) {
        const auto entry = known.contains(runId) ? std::nullopt : Storage::entryFromReport(workspace, runId);
        if (entry) {
            runs.append(*entry);
        }
    }
    std::stable_sort(runs.begin(), runs.end(),
                     [](const HistoryEntry &a, const HistoryEntry &b) { return a.startedMs > b.startedMs; });
}

} // namespace

Result<std::unique_ptr<Storage::History>> openHistory(const Options &options)
{
    Result<std::unique_ptr<Storage::History>> history = Storage::History::open(stateFolder(options.profile));
    for (const QString &notice : history ? (*history)->takeNotices() : QList<QString>()) {
        std::fprintf(stderr, "patchpanel: %s\n", qUtf8Printable(notice));
    }
    return history;
}

QString namedWorkspace(const Options &options)
{
    if (options.workspace.isEmpty()) {
        return {};
    }
    const QFileInfo folder(options.workspace);
    return folder.exists() ? folder.canonicalFilePath() : QDir::cleanPath(folder.absoluteFilePath());
}

QList<HistoryEntry> pastRunsFor(const Options &options)
{
    const QString limit = namedWorkspace(options);
    const QString workspace = limit.isEmpty() ? QFileInfo(QDir::currentPath()).canonicalFilePath() : limit;
    QList<HistoryEntry> runs = recordedRuns(options, options.files.first() == newestName ? workspace : limit);
    addRunsOnlyIn(workspace, runs);
    return runs;
}

Result<HistoryEntry> pastRunFor(const Options &options)
{
    return findPastRun(pastRunsFor(options), options.files.first());
}

Result<void> checkCanBeRolledBack(const HistoryEntry &run, const QList<HistoryEntry> &newestFirst)
{
    if (mayHaveLeftChanges(run)) {
        return {};
    }
    QSet<QString> takenBack;
    for (const HistoryEntry &each : newestFirst) {
        if (each.status == RunStatus::Ok) {
            takenBack.insert(each.rolledBackRun);
        }
    }
    const auto other = std::find_if(newestFirst.begin(), newestFirst.end(), [&](const HistoryEntry &each) {
        return each.workspace == run.workspace && each.rolledBackRun.isEmpty() && each.changes() > 0
            && mayHaveLeftChanges(each) && !takenBack.contains(each.runId);
    });
    return Error{
        ErrorCode::DoesNotApply,
        QStringLiteral("run %1 left nothing to take back: it ended as %2").arg(run.runId, toString(run.status)),
        other == newestFirst.end()
            ? QStringLiteral("no run that is known of this workspace left anything")
            : QStringLiteral("the newest run that did is %1, of %2").arg(other->runId, other->taskName())};
}

Storage::RunReport reportOfPastRun(const HistoryEntry &run, const Options &options)
{
    const Storage::RunReport report = Runner::RunHistory::reportOf(run, nullptr);
    if (!report.isEmpty()) {
        return report; // the history need not be opened once more
    }
    const auto history = Storage::History::open(stateFolder(options.profile));
    return history ? Runner::RunHistory::reportOf(run, history->get()) : report;
}

Result<HistoryEntry> findPastRun(const QList<HistoryEntry> &newestFirst, const QString &name)
{
    if (newestFirst.isEmpty() || name.isEmpty()) {
        return noSuchRun(newestFirst, name);
    }
    if (name == newestName) {
        return newestOf(newestFirst);
    }
    QList<HistoryEntry> fitting;
    for (const HistoryEntry &run : newestFirst) {
        if (run.runId == name) {
            return run;
        }
        if (run.runId.startsWith(name)) {
            fitting.append(run);
        }
    }
    if (fitting.isEmpty()) {
        return noSuchRun(newestFirst, name);
    }
    if (fitting.size() > 1) {
        return Error{ErrorCode::NotFound, QStringLiteral("%1 runs begin with \"%2\"").arg(fitting.size()).arg(name),
                     QStringLiteral("they are %1").arg(named(fitting))};
    }
    return fitting.first();
}

} // namespace PatchPanel::App
