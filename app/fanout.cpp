#include "app/fanout.h"

#include "app/servicehost.h"
#include "services/common/clock.h"
#include "services/common/json.h"
#include "services/runner/runhistory.h"

#include <QDateTime>
#include <QJsonArray>

#include <utility>

namespace PatchPanel::App {

namespace {

// Its changes were final, and git had none of them yet.
bool wasKilledBeforeItsCommit(const Relay::RunOutcome &outcome)
{
    if (outcome.status != RunStatus::AppliedNotCommitted) {
        return false;
    }
    for (const QJsonValue &value : outcome.response[QStringLiteral("steps")].toArray()) {
        const Step step = Step::fromJson(value.toObject());
        if (step.phase == Phase::Commit) {
            return step.state == StepState::NotReached;
        }
    }
    return false;
}

// How the run ended, as its workspace has it. Absent while that may still change. Blocking.
std::optional<Relay::RunOutcome> endInWorkspace(const FanOutRun &run)
{
    Storage::HistoryEntry entry;
    entry.runId = run.runId;
    entry.workspace = run.workspace;
    const Storage::RunReport report = Runner::RunHistory::reportOf(entry, nullptr);
    const Result<QJsonObject> response = parseJsonObject(report.json);
    if (!response || (*response)[QStringLiteral("runId")].toString() != run.runId) {
        return std::nullopt;
    }
    const FanOutRun ended = FanOutRun::fromJson(*response);
    if (!ended.isSettled() || ended.status == RunStatus::AppliedNotCommitted) {
        return std::nullopt;
    }
    return Relay::RunOutcome{
        .status = ended.status, .runId = run.runId, .runner = ended.runner, .body = report.json, .response = *response};
}

} // namespace

FanOut::FanOut(ServiceHost &host, FanOutJob job, QObject *parent)
    : QObject(parent)
    , m_host(host)
    , m_job(std::move(job))
{
    m_writer.setMaxThreadCount(1);
    connect(&host, &ServiceHost::runnerChosen, this, [this](quint64 ticket, const Relay::Instance &runner) {
        if (m_runs.contains(ticket)) {
            chosen(ticket, runner);
        }
    });
    connect(&host, &ServiceHost::runAccepted, this,
            [this](quint64 ticket, const QString &runId, const QString &runner) {
                if (const auto run = m_runs.constFind(ticket); run != m_runs.constEnd()) {
                    accepted(*run, runId, runner);
                }
                if (const auto run = m_rollbacks.constFind(ticket); run != m_rollbacks.constEnd()) {
                    Q_EMIT runIdTold(*run, runId);
                }
            });
    connect(&host, &ServiceHost::stepChanged, this, [this](quint64 ticket, const Step &step) {
        if (const auto run = m_runs.constFind(ticket); run != m_runs.constEnd()) {
            Q_EMIT stepChanged(*run, step);
        }
    });
    connect(&host, &ServiceHost::runFinished, this, [this](quint64 ticket, const Relay::RunOutcome &outcome) {
        if (m_runs.contains(ticket)) {
            ended(m_runs.take(ticket), outcome);
        } else if (m_rollbacks.contains(ticket)) {
            takenBack(m_rollbacks.take(ticket), outcome);
        }
    });
    connect(&host, &ServiceHost::answered, this, [this](quint64 ticket, const Relay::LookupAnswer &answer) {
        if (m_looks.contains(ticket)) {
            lookedAt(m_looks.take(ticket), answer);
        }
    });
}

FanOut::~FanOut()
{
    m_writer.waitForDone();
}

void FanOut::start()
{
    m_startedMs = wallClockMs();
    for (qsizetype i = 0; i < m_job.runs.size(); ++i) {
        FanOutRun &run = m_job.runs[i];
        m_host.allowWorkspace(run.workspace);
        if (!run.isSettled()) {
            run = run.asToGoOn();
            m_waiting.push_back(i);
        }
    }
    startNext();
}

void FanOut::cancel()
{
    m_isCancelled = true;
    for (auto run = m_runs.keyBegin(); run != m_runs.keyEnd(); ++run) {
        m_host.cancel(*run);
    }
    startNext();
}

void FanOut::startNext()
{
    while (!m_isCancelled && !m_waiting.empty() && inProgress() < m_job.plan.atOnce) {
        const qsizetype next = m_waiting.front();
        m_waiting.pop_front();
        begin(next);
    }
    if (inProgress() == 0 && (m_isCancelled || m_waiting.empty())) {
        end();
    }
}

void FanOut::begin(qsizetype index)
{
    if (m_job.runs[index].runId.isEmpty()) {
        send(index);
    } else {
        lookAt(index);
    }
}

void FanOut::send(qsizetype index)
{
    const FanOutRun &run = m_job.runs[index];
    if (run.wasSent()) {
        m_sentBefore.insert(index);
    }
    if (!run.mayBeSent(wallClockMs())) {
        ended(index,
              {.error = Error{
                   ErrorCode::NoRunner,
                   QStringLiteral("%1 was sent this run long ago and may have forgotten it").arg(run.sentTo.runner),
                   QStringLiteral("look at the workspace: it may have run there")}});
        return;
    }
    Relay::RunRequest request = m_job.request;
    request.sentTo = run.sentTo;
    request.waitsBeforeSending = m_job.record != nullptr;
    request.workspace = run.workspace;
    request.key = m_job.record ? m_job.plan.keyOf(index, run.attempt) : QByteArray();
    m_runs.insert(m_host.run(request), index);
}

// A run whose end is not recorded: the history keeps it longer than a runner keeps its key.
void FanOut::lookAt(qsizetype index)
{
    const FanOutRun &run = m_job.runs[index];
    m_looks.insert(m_host.look({.path = QStringLiteral("/runs/") + run.runId, .place = run.sentTo}), index);
}

void FanOut::lookedAt(qsizetype index, const Relay::LookupAnswer &answer)
{
    const Result<QJsonObject> response = answer.error ? *answer.error : parseJsonObject(answer.body);
    Relay::RunOutcome outcome{.runId = m_job.runs[index].runId, .body = answer.body};
    if (response) {
        outcome.response = *response;
        outcome.status =
            runStatusFromString((*response)[QStringLiteral("status")].toString()).value_or(RunStatus::Unknown);
    }
    if (outcome.status != RunStatus::Unknown && isFinal(outcome.status)) {
        ended(index, outcome);
    } else if (m_isCancelled) {
        m_waiting.push_front(index);
        startNext();
    } else {
        send(index); // to the same runner, where its key leads to it
    }
}

// It is on the disk where the run goes to before it does: only that runner can tell what became of it.
void FanOut::chosen(quint64 ticket, const Relay::Instance &runner)
{
    const qsizetype index = m_runs[ticket];
    FanOutRun &run = m_job.runs[index];
    run.sentTo = {.runner = runner.id, .history = runner.history()};
    run.sentMs = run.sentMs > 0 ? run.sentMs : wallClockMs();
    record([index, run](FanOutRecord &file) { return file.sending(index, run); });
    m_writer.start([this, ticket] { // after that
        QMetaObject::invokeMethod(
            this, [this, ticket] { m_host.proceed(ticket); }, Qt::QueuedConnection);
    });
}

void FanOut::accepted(qsizetype index, const QString &runId, const QString &runner)
{
    FanOutRun &run = m_job.runs[index];
    run.status = RunStatus::Running;
    run.runId = runId;
    run.runner = runner;
    record([index, runId, runner](FanOutRecord &file) { return file.accepted(index, runId, runner); });
    Q_EMIT runStarted(index);
    Q_EMIT runIdTold(index, runId);
}

void FanOut::ended(qsizetype index, Relay::RunOutcome outcome)
{
    FanOutRun &run = m_job.runs[index];
    const bool wasSentBefore = m_sentBefore.remove(index);
    if (outcome.error && wasSentBefore) {
        outcome.status = RunStatus::Unknown; // whatever came of it this time, it may have run before
        askWorkspace(index, outcome);
        return;
    }
    if (outcome.error && outcome.error->code == ErrorCode::NoRunner) {
        run.sentTo = {}; // nobody took it
        run.sentMs = 0;
    }
    run.take(outcome);
    const bool goesOn = isOfEarlier(outcome) && !m_isCancelled;
    if (goesOn && wasKilledBeforeItsCommit(outcome)) {
        takeBack(index, outcome);
    } else if (goesOn && run.endsAttempt()) {
        sendAgain(index);
    } else {
        settle(index, outcome);
    }
}

// Nobody who is there knows the run.
void FanOut::askWorkspace(qsizetype index, const Relay::RunOutcome &unknown)
{
    ++m_questions;
    m_writer.start([this, index, unknown, run = m_job.runs[index]] {
        const std::optional<Relay::RunOutcome> found = run.runId.isEmpty() ? std::nullopt : endInWorkspace(run);
        QMetaObject::invokeMethod(
            this,
            [this, index, outcome = found.value_or(unknown)] {
                --m_questions;
                settle(index, outcome);
            },
            Qt::QueuedConnection);
    });
}

// Running the task on top of what such a run left would find it applied, and commit nothing.
void FanOut::takeBack(qsizetype index, const Relay::RunOutcome &outcome)
{
    const FanOutRun &run = m_job.runs[index];
    m_killed.insert(index, outcome);
    m_rollbacks.insert(m_host.run({.rollbackOf = run.runId,
                                   .workspace = run.workspace,
                                   .key = m_job.plan.keyOf(index, run.attempt) + "-rollback",
                                   .sentTo = run.sentTo}),
                       index);
}

void FanOut::takenBack(qsizetype index, const Relay::RunOutcome &rollback)
{
    const Relay::RunOutcome killed = m_killed.take(index);
    if (!isSuccess(rollback.status)) {
        settle(index, killed);
        return;
    }
    m_job.runs[index].status = RunStatus::Interrupted;
    if (m_isCancelled) {
        settle(index,
               {.status = RunStatus::Interrupted,
                .runId = killed.runId,
                .error = Error{ErrorCode::Cancelled, QStringLiteral("Cancelled after an earlier run was taken back")}});
    } else {
        sendAgain(index);
    }
}

void FanOut::settle(qsizetype index, const Relay::RunOutcome &outcome)
{
    FanOutRun &run = m_job.runs[index];
    run.take(outcome);
    record([index, run](FanOutRecord &file) { return file.finished(index, run); });
    run.attempt += run.endsAttempt() ? 1 : 0;
    Q_EMIT runFinished(index, outcome);
    startNext();
}

// Its key tells of the end of this run for good.
void FanOut::sendAgain(qsizetype index)
{
    FanOutRun &run = m_job.runs[index];
    record([index, run](FanOutRecord &file) { return file.finished(index, run); });
    run = {.workspace = run.workspace, .attempt = run.attempt + 1};
    send(index);
}

// The end of a run of the fan-out that this one goes on with: it is the reason to go on.
bool FanOut::isOfEarlier(const Relay::RunOutcome &outcome) const
{
    const QString started = outcome.response[QStringLiteral("startedAt")].toString();
    const QDateTime time = QDateTime::fromString(started, Qt::ISODateWithMs);
    return time.isValid() && time.toMSecsSinceEpoch() < m_startedMs;
}

void FanOut::end()
{
    if (std::exchange(m_isEnding, true)) {
        return;
    }
    m_writer.start([this] { QMetaObject::invokeMethod(this, &FanOut::finished, Qt::QueuedConnection); });
}

template <typename Write> void FanOut::record(Write write)
{
    if (!m_job.record) {
        return;
    }
    m_writer.start([this, file = m_job.record, write = std::move(write)] {
        const Result<void> written = write(*file);
        if (written) {
            return;
        }
        QMetaObject::invokeMethod(
            this,
            [this, error = written.error()] {
                if (!std::exchange(m_hasRecordFailed, true)) {
                    Q_EMIT recordFailed(error);
                }
            },
            Qt::QueuedConnection);
    });
}

} // namespace PatchPanel::App
