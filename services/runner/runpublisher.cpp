#include "services/runner/runpublisher.h"

#include "services/common/json.h"
#include "services/log/linebatch.h"

#include <QSysInfo>

#include <algorithm>

namespace PatchPanel::Runner {

namespace {

using namespace std::chrono_literals;

constexpr auto interval = 200ms; // after which a growing log is told
constexpr auto retryTime = 1s; // of a server that cannot be reached
constexpr qsizetype mostBytesAtOnce = 64 * 1024;
constexpr std::size_t mostUntold = 1000; // runs; then the oldest are left out

} // namespace

RunPublisher::RunPublisher(Runner &runner, const Storage::RedisUrl &redis, Log::Store &store, const Log::Writer &log,
                           QObject *parent)
    : QObject(parent)
    , m_runner(runner)
    , m_url(redis)
    , m_store(store)
    , m_log(log)
{
    connect(&runner, &Runner::runBegan, this, &RunPublisher::onRunBegan);
    connect(&runner, &Runner::runFinished, this, &RunPublisher::onRunFinished);
    m_thread = std::thread([this] { loop(); });
}

RunPublisher::~RunPublisher()
{
    {
        const std::scoped_lock lock(m_mutex);
        m_ending = true;
    }
    m_changed.notify_all();
    m_thread.join();
}

Storage::SharedRun RunPublisher::describe(const RunRecord &record) const
{
    return {.runId = record.id,
            .status = record.status,
            .task = record.taskName,
            .workspace = record.workspace,
            .runner = m_runner.settings().name,
            .machine = QSysInfo::machineHostName(),
            .result = record.result,
            .report = record.report};
}

void RunPublisher::onRunBegan(const QString &runId)
{
    const RunRecord &record = *m_runner.find(runId);
    {
        const std::scoped_lock lock(m_mutex);
        m_untold[runId] = {.run = describe(record), .logNext = record.logBegin};
        if (m_untold.size() > mostUntold) {
            m_untold.erase(m_untold.begin());
        }
    }
    m_changed.notify_all();
}

void RunPublisher::onRunFinished(const QString &runId)
{
    const RunRecord &record = *m_runner.find(runId);
    const bool isHandedBack = !record.hasBegun && m_runner.isDraining();
    if (record.isOfQueue
        && (record.status == RunStatus::Busy || isHandedBack)) { // it is tried again, here or elsewhere
        const std::scoped_lock lock(m_mutex);
        m_untold.erase(runId);
        return;
    }
    {
        const std::scoped_lock lock(m_mutex);
        const auto [untold, isNew] = m_untold.try_emplace(runId, Untold{.run = {}, .logNext = record.logBegin});
        untold->second.run = describe(record);
        untold->second.logEnd = record.logEnd;
    }
    m_changed.notify_all();
}

void RunPublisher::loop()
{
    Storage::SharedRuns shared(m_url);
    for (;;) {
        const bool told = tellAll(shared);
        std::unique_lock lock(m_mutex);
        if (m_ending) {
            return;
        }
        const auto mayWait = [this, told] {
            return m_ending || (told && std::any_of(m_untold.begin(), m_untold.end(), [](const auto &entry) {
                                    return entry.second.logEnd >= 0;
                                }));
        };
        if (m_untold.empty()) {
            m_changed.wait(lock, [this] { return m_ending || !m_untold.empty(); });
        } else {
            m_changed.wait_for(lock, told ? std::chrono::milliseconds(interval) : retryTime, mayWait);
        }
    }
}

// False when the server could not be told.
bool RunPublisher::tellAll(Storage::SharedRuns &shared)
{
    std::map<QString, Untold> untold;
    {
        const std::scoped_lock lock(m_mutex);
        untold = m_untold;
    }
    for (auto &[runId, entry] : untold) {
        const bool isOver = entry.logEnd >= 0;
        const Result<void> told = tell(shared, entry);
        const std::scoped_lock lock(m_mutex);
        const auto current = m_untold.find(runId);
        if (current != m_untold.end()) {
            current->second.logNext = entry.logNext;
            current->second.isBegun = entry.isBegun;
        }
        if (!told) {
            outage(told.error());
            return false;
        }
        if (isOver && current != m_untold.end()) {
            m_untold.erase(current);
        }
    }
    m_complaint.end();
    return true;
}

// Its end comes with the last of its lines.
Result<void> RunPublisher::tell(Storage::SharedRuns &shared, Untold &untold)
{
    Storage::SharedRun partial = untold.run;
    partial.status = RunStatus::Running;
    partial.result.clear();
    partial.report.clear();
    for (;;) {
        const qsizetype before = untold.logNext;
        const QByteArray lines = nextLines(untold);
        const qsizetype end = untold.logEnd < 0 ? m_store.size() : untold.logEnd;
        const bool isLast = untold.logEnd >= 0 && untold.logNext >= end;
        if (lines.isEmpty() && !isLast && untold.isBegun) {
            return {};
        }
        if (const Result<void> told = shared.publish(isLast ? untold.run : partial, lines); !told) {
            untold.logNext = before;
            return told;
        }
        untold.isBegun = true;
        if (isLast || untold.logNext >= end) {
            return {};
        }
    }
}

// Of the run, and moves on behind them.
QByteArray RunPublisher::nextLines(Untold &untold) const
{
    const QByteArray runId = untold.run.runId.toUtf8();
    const qsizetype end = untold.logEnd < 0 ? m_store.size() : untold.logEnd;
    QByteArray lines;
    Log::LineBatch batch(m_store);
    while (untold.logNext < end && lines.size() < mostBytesAtOnce) {
        if (const auto dropped = batch.readOrSkip(untold.logNext, end, runId)) {
            lines += compactJson(dropped->toJson()) + '\n';
            continue;
        }
        for (; untold.logNext < std::min(end, batch.end()) && lines.size() < mostBytesAtOnce; ++untold.logNext) {
            if (batch.runId(untold.logNext) == runId && batch.level(untold.logNext) != Log::Level::Debug) {
                lines += compactJson(batch.line(untold.logNext).toJson()) + '\n';
            }
        }
    }
    return lines;
}

void RunPublisher::outage(const Error &error)
{
    if (m_complaint.isOver()) {
        m_log.warning("REDIS", QStringLiteral("Runs are not told to other machines: %1").arg(error.toString()));
    }
}

} // namespace PatchPanel::Runner
