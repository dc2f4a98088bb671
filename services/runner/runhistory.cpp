#include "services/runner/runhistory.h"

#include "services/common/clock.h"
#include "services/common/json.h"
#include "services/patch/recovery.h"
#include "services/patch/runreport.h"
#include "services/patch/statefolder.h"
#include "services/runner/runnerproblems.h"
#include "services/storage/processidentity.h"
#include "services/storage/workspacereports.h"

#include <QFileInfo>

namespace PatchPanel::Runner {

namespace {

using Patch::StateFolder;
using Patch::WorkspaceRoot;
using Storage::HistoryEntry;

constexpr int mostSettled = 1000;
constexpr std::chrono::milliseconds keyLifetime = std::chrono::hours(24);

// A file of the run's folder in its workspace; null when it is gone.
QByteArray fileOf(const HistoryEntry &entry, const QString &name)
{
    const Result<WorkspaceRoot> root = WorkspaceRoot::open(entry.workspace);
    if (!root) {
        return {};
    }
    const Result<std::optional<Patch::FileState>> file =
        root->read(StateFolder::pathInWorkspace(StateFolder::history(entry.runId)) + u'/' + name);
    return file && *file ? (*file)->contents.toByteArray() : QByteArray();
}

// Where the run left what its workspace keeps of it.
QString folderOf(const HistoryEntry &entry)
{
    return entry.workspace + u'/' + StateFolder::pathInWorkspace(StateFolder::history(entry.runId));
}

HistoryEntry neverBegun(const Storage::KeyedRun &run)
{
    HistoryEntry entry;
    entry.runId = run.runId;
    entry.status = RunStatus::Interrupted;
    entry.taskFile = run.task;
    entry.workspace = run.workspace;
    entry.runner = run.runner;
    entry.startedMs = run.acceptedMs;
    entry.message = (run.dryRun ? QStringLiteral("%1 was killed in this dry run. Nothing was changed.")
                                : QStringLiteral("%1 was killed before this run began. Nothing was changed."))
                        .arg(run.runner);
    return entry;
}

} // namespace

RunHistory::RunHistory(std::unique_ptr<Storage::History> store, std::unique_ptr<Storage::Lock> lock,
                       const Log::Writer &log, const Storage::HistoryLimits &limits)
    : m_store(std::move(store))
    , m_lock(std::move(lock))
    , m_log(log)
    , m_limits(limits)
{
    tellNotices();
}

// Damage is found, and mended, by whatever touches the history next.
void RunHistory::tellNotices() const
{
    for (const QString &notice : m_store->takeNotices()) {
        m_log.warning("HISTORY", notice);
    }
}

void RunHistory::warn(const Error &error)
{
    if (!m_warned.exchange(true)) {
        m_log.warning("HISTORY", error.toString());
    }
}

void RunHistory::record(const HistoryEntry &entry, const Storage::RecordedTexts &texts, Storage::Durable durable)
{
    if (const Result<void> recorded = m_store->record(entry, texts, durable); !recorded) {
        warn(recorded.error());
    }
    tellNotices();
}

Result<Storage::HistoryPage> RunHistory::list(const Storage::HistoryQuery &query) const
{
    Result<Storage::HistoryPage> page = m_store->list(query);
    tellNotices();
    return page;
}

Result<std::optional<HistoryEntry>> RunHistory::find(const QString &runId) const
{
    Result<std::optional<HistoryEntry>> found = m_store->find(runId);
    tellNotices();
    return found;
}

void RunHistory::prune()
{
    const Result<QList<HistoryEntry>> surplus = m_store->surplus(m_limits);
    if (!surplus) {
        warn(surplus.error());
        return;
    }
    QStringList gone;
    for (const HistoryEntry &entry : *surplus) {
        if (!QFileInfo::exists(folderOf(entry))) {
            gone.append(entry.runId);
        } else if (removeFolder(entry)) {
            gone.append(entry.runId);
            m_log.info(
                "HISTORY",
                QStringLiteral("Run %1 of %2 is forgotten, with its undo slots").arg(entry.runId, entry.workspace));
        }
    }
    if (gone.isEmpty()) {
        return;
    }
    if (const Result<void> removed = m_store->remove(gone); !removed) {
        warn(removed.error());
        return;
    }
    m_log.info("HISTORY",
               QStringLiteral("The oldest runs are forgotten (%1): more than %2 runs or %3 MiB")
                   .arg(gone.size())
                   .arg(m_limits.runs)
                   .arg(m_limits.undoBytes >> 20));
}

Result<void> RunHistory::forget(const QString &runId)
{
    const Result<std::optional<HistoryEntry>> found = find(runId);
    if (!found) {
        return found.error();
    }
    if (!*found) {
        return Error{ErrorCode::NotFound, QStringLiteral("the history knows no run %1").arg(runId)};
    }
    const HistoryEntry &entry = **found;
    if (!isFinal(entry.status)) {
        return notEnded(entry.runId);
    }
    if (QFileInfo::exists(folderOf(entry)) && !removeFolder(entry)) {
        return Error{ErrorCode::Busy,
                     QStringLiteral("the undo slots of run %1 cannot be removed: another run works in its workspace, "
                                    "or the system refuses")
                         .arg(entry.runId),
                     QStringLiteral("try again when no run is in progress there"), entry.workspace};
    }
    const Result<void> removed = m_store->remove({entry.runId});
    if (removed) {
        m_log.info("HISTORY",
                   QStringLiteral("Run %1 of %2 is forgotten, as asked for").arg(entry.runId, entry.workspace));
    }
    return removed;
}

// False when somebody works in the workspace: at a later run.
bool RunHistory::removeFolder(const HistoryEntry &entry)
{
    const auto hold =
        m_lock->acquire(entry.workspace, QStringLiteral("tidying up the history"), Storage::LockUse::Upkeep);
    const Result<WorkspaceRoot> root = hold ? WorkspaceRoot::open(entry.workspace) : hold.error();
    return root && StateFolder(*root).remove(StateFolder::history(entry.runId));
}

void RunHistory::settleInterrupted()
{
    const Result<Storage::HistoryPage> running = list({.limit = mostSettled, .status = RunStatus::Running});
    if (!running) {
        warn(running.error());
        return;
    }
    for (const HistoryEntry &entry : running->entries) {
        settle(entry);
    }
    Result<QList<Storage::KeyedRun>> keyed = m_store->unfinishedKeyedRuns();
    if (!keyed) {
        warn(keyed.error());
        return;
    }
    for (Storage::KeyedRun &run : *keyed) {
        settleKeyed(run);
    }
}

// What a process that is gone could no longer record.
void RunHistory::settleKeyed(Storage::KeyedRun &run)
{
    if (!run.result.isEmpty() || Storage::isAlive(run.process)) {
        return;
    }
    const Result<std::optional<HistoryEntry>> known = m_store->find(run.runId);
    if (!known || (*known && !isFinal((*known)->status))) {
        return; // settle() has to come first
    }
    const HistoryEntry entry = *known ? **known : neverBegun(run);
    if (!*known && !run.dryRun) {
        record(entry);
    }
    run.result = compactJson(resultOf(entry, reportOf(entry)));
    recordKeyedResult(run.runId, run.result);
}

Storage::KeyedRun RunHistory::claim(const Storage::KeyedRun &run)
{
    Result<Storage::KeyedRun> owner = m_store->claimKey(run, wallClockMs() - keyLifetime.count());
    tellNotices();
    if (!owner) {
        warn(owner.error());
        return run;
    }
    settleKeyed(*owner);
    return *owner;
}

void RunHistory::release(const Storage::KeyedRun &run)
{
    if (const Result<void> released = m_store->releaseKey(run); !released) {
        warn(released.error());
    }
}

void RunHistory::recordKeyedResult(const QString &runId, const QByteArray &result)
{
    if (const Result<void> recorded = m_store->setKeyedResult(runId, result); !recorded) {
        warn(recorded.error());
    }
}

void RunHistory::settle(const HistoryEntry &entry)
{
    HistoryEntry ended = entry;
    ended.status = RunStatus::Interrupted;
    ended.message = QStringLiteral("The run was killed before its end, and its workspace is gone.");
    if (QFileInfo(entry.workspace).isDir()) {
        const auto hold = m_lock->acquire(entry.workspace, QStringLiteral("settling run %1").arg(entry.runId),
                                          Storage::LockUse::Upkeep);
        if (!hold) {
            return; // it is alive, or another run works there: after the next run
        }
        const Result<std::optional<HistoryEntry>> current = m_store->find(entry.runId);
        if (!current || !*current || (*current)->status != RunStatus::Running) {
            return; // it has ended since it was listed
        }
        const Result<WorkspaceRoot> root = WorkspaceRoot::open(entry.workspace);
        const Result<Patch::RecoveryReport> recovered = root ? Patch::recoverPending(*root,
                                                                                     {(*hold)->fence(),
                                                                                      [&hold] {
                                                                                          return (*hold)->check();
                                                                                      }})
                                                             : Result<Patch::RecoveryReport>(root.error());
        if (!recovered) {
            warn(recovered.error());
            return;
        }
        for (const QString &conflict : recovered->conflicts) {
            m_log.error("HISTORY", conflict);
        }
        const Result<QJsonObject> report = Patch::settleReport(*root, entry.runId);
        ended.message = QStringLiteral("The run was killed before its end. The workspace is as it was before.");
        if (report) {
            ended = HistoryEntry::fromReport(*report);
            ended.runId = entry.runId; // a report is a file of the workspace: what it says of its place does not count
            ended.workspace = entry.workspace;
            ended.undoBytes = Storage::undoBytesOf(entry.workspace, entry.runId);
        }
    }
    record(ended);
    m_log.warning("HISTORY",
                  QStringLiteral("Run %1 in %2 had been killed: %3").arg(entry.runId, entry.workspace, ended.message));
}

Storage::RunReport RunHistory::reportOf(const HistoryEntry &entry, const Storage::History *history)
{
    const Storage::RunReport report{.json = fileOf(entry, QStringLiteral("report.json")),
                                    .markdown = fileOf(entry, QStringLiteral("report.md"))};
    if (!history || !report.isEmpty()) {
        return report;
    }
    const Result<Storage::RunReport> kept = history->report(entry.runId);
    return kept ? *kept : report;
}

QJsonObject RunHistory::resultOf(const HistoryEntry &entry, const Storage::RunReport &report)
{
    const Result<QJsonObject> result = parseJsonObject(report.json);
    return result ? *result : entry.toJson();
}

} // namespace PatchPanel::Runner
