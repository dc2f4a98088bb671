#include "services/runner/queueworker.h"

#include "services/common/clock.h"
#include "services/common/json.h"

#include <QMessageAuthenticationCode>
#include <QTimer>

#include <algorithm>

namespace PatchPanel::Runner {

namespace {

using namespace std::chrono_literals;
using Storage::Delivery;
using Storage::Settlement;

constexpr std::chrono::milliseconds shortestPause = 50ms; // of a job that cannot begin yet; doubled each time
constexpr std::chrono::milliseconds longestBusyPause = 500ms;
constexpr std::chrono::milliseconds longestReturnPause = 16s;
constexpr std::chrono::milliseconds longestBusy = 10min; // then the job is dead
constexpr int mostReturns = 230; // about an hour, by workers that do not serve its workspace; then it is dead
constexpr int fewestRuns = 10; // of a job that are looked for: nobody signs which of them it is
constexpr int mostAttempts = 1000;

std::chrono::milliseconds pauseAfter(int tries, std::chrono::milliseconds longest)
{
    return std::min(longest, shortestPause * (1 << std::min(tries, 10)));
}

// Whether another worker may have what this one lacks.
bool isForAnother(ErrorCode code)
{
    return code == ErrorCode::OutsideWorkspace || code == ErrorCode::NotFound || code == ErrorCode::Unavailable
        || code == ErrorCode::TooManyRequests;
}

} // namespace

QByteArray jobSignature(const QString &queue, const QString &id, const QByteArray &request, const QByteArray &token)
{
    QMessageAuthenticationCode code(QCryptographicHash::Sha256, token);
    code.addData("patchpanel job\n" + queue.toUtf8() + '\n' + id.toUtf8() + '\n');
    code.addData(request);
    return code.result().toHex();
}

QueueWorker::QueueWorker(Runner &runner, const Storage::QueueSettings &queue, const QByteArray &token,
                         const Log::Writer &log, QObject *parent)
    : QObject(parent)
    , m_runner(runner)
    , m_queue(queue.name)
    , m_token(token)
    , m_log(log)
    , m_link(queue, log)
{
    connect(&m_link, &QueueLink::taken, this, &QueueWorker::onTaken);
    connect(&m_link, &QueueLink::lost, this, &QueueWorker::onLost);
    connect(&m_link, &QueueLink::settled, this, &QueueWorker::settled);
    connect(&m_runner, &Runner::runFinished, this, &QueueWorker::onRunFinished);
    connect(&m_runner, &Runner::loadChanged, this, &QueueWorker::tellFree);
}

void QueueWorker::start()
{
    tellFree();
    m_link.start();
}

void QueueWorker::tellFree()
{
    const auto postponed =
        std::count_if(m_held.begin(), m_held.end(), [](const Held &held) { return held.isPostponed; });
    const auto free = std::max<qsizetype>(0, m_runner.freeSlots() - postponed);
    m_link.setFree(m_draining ? 0 : static_cast<int>(free));
}

void QueueWorker::drain()
{
    m_draining = true;
    const QList<QString> runIds = m_held.keys();
    for (const QString &runId : runIds) {
        if (!m_held[runId].isRun) {
            settle(runId, Settlement::Kind::HandedBack);
        }
    }
    m_link.drain();
}

void QueueWorker::onTaken(const Delivery &delivery)
{
    const QString runId = delivery.job.runId();
    m_held.insert(runId, {.delivery = delivery, .sinceMs = wallClockMs()});
    const Result<RunRequest> request = read(delivery.job);
    if (!request) {
        m_log.error("QUEUE", QStringLiteral("Job %1 is dead: %2").arg(delivery.job.id, request.error().toString()));
        settle(runId, Settlement::Kind::Dead, request.error().toString().toUtf8());
    } else if (m_draining) {
        settle(runId, Settlement::Kind::HandedBack);
    } else {
        m_held[runId].request = *request;
        begin(runId);
    }
    tellFree();
}

Result<RunRequest> QueueWorker::read(const Storage::QueuedJob &job) const
{
    if (!constantTimeEquals(job.signature, jobSignature(m_queue, job.id, job.request, m_token))) {
        return Error{ErrorCode::Unauthorized, QStringLiteral("the job is not signed with the token of this runner"),
                     QStringLiteral("give whoever submits it, and every worker, the same token")};
    }
    if (job.attempt < 0 || job.attempt > mostAttempts) {
        return Error{ErrorCode::BadRequest, QStringLiteral("the job says that this is its attempt %1").arg(job.attempt),
                     QStringLiteral("submit it anew")};
    }
    const Result<QJsonObject> body = parseJsonObject(job.request);
    Result<RunRequest> request = body ? parseRunRequest(*body) : body.error();
    if (request) {
        for (int attempt = 0; attempt <= std::max(job.attempt, fewestRuns); ++attempt) {
            request->runsOfJob.append(job.runId(attempt));
        }
    }
    return request;
}

void QueueWorker::begin(const QString &runId)
{
    Held &held = m_held[runId];
    const Storage::QueuedJob &job = held.delivery.job;
    if (const RunRecord *known = m_runner.find(runId)) {
        // It came back while an earlier delivery of it is still worked on, or has just ended, here.
        held.isRun = !isFinal(known->status);
        if (!held.isRun) {
            onRunFinished(runId);
        }
        return;
    }
    const Result<QString> begun = m_runner.submit(held.request, runId);
    held.isRun = begun.ok();
    held.isPostponed = false;
    if (begun) {
        m_log.info("QUEUE", QStringLiteral("Took job %1: %2 in %3").arg(job.id, job.task, job.workspace));
        return;
    }
    const Error &error = begun.error();
    if (!isForAnother(error.code) || job.returns >= mostReturns) {
        m_log.error("QUEUE", QStringLiteral("Job %1 is dead: %2").arg(job.id, error.toString()));
        settle(runId, Settlement::Kind::Dead, error.toString().toUtf8());
        return;
    }
    if (job.returns == 0) {
        m_log.info("QUEUE", QStringLiteral("Job %1 is left to another worker: %2").arg(job.id, error.toString()));
    }
    QTimer::singleShot(pauseAfter(job.returns, longestReturnPause), this,
                       [this, runId] { settle(runId, Settlement::Kind::HandedBack); });
}

// Its workspace is another's just now.
void QueueWorker::postpone(const QString &runId)
{
    Held &held = m_held[runId];
    held.isRun = false;
    held.isPostponed = true;
    tellFree();
    QTimer::singleShot(pauseAfter(held.tries++, longestBusyPause), this, [this, runId] {
        if (m_held.contains(runId) && !m_held[runId].isRun) {
            m_runner.forget(runId);
            begin(runId);
        }
    });
}

void QueueWorker::onRunFinished(const QString &runId)
{
    const auto held = m_held.constFind(runId);
    if (held == m_held.constEnd()) {
        return;
    }
    const RunRecord &record = *m_runner.find(runId);
    const bool isTooBusy = wallClockMs() - held->sinceMs >= longestBusy.count();
    if (record.status == RunStatus::Busy && !m_draining && !isTooBusy) {
        postpone(runId);
    } else if (record.status == RunStatus::Busy) {
        settle(runId, isTooBusy ? Settlement::Kind::Dead : Settlement::Kind::HandedBack, record.message.toUtf8());
    } else if (record.status == RunStatus::Cancelled && m_draining) {
        settle(runId, record.hasBegun ? Settlement::Kind::RunAgain : Settlement::Kind::HandedBack);
    } else if (record.status == RunStatus::Interrupted && held->delivery.job.attempt < record.retries) {
        m_log.info("QUEUE", QStringLiteral("Job %1 was interrupted, and its task wants another try").arg(runId));
        settle(runId, Settlement::Kind::RunAgain);
    } else {
        settle(runId, Settlement::Kind::Finished, record.result);
    }
}

void QueueWorker::settle(const QString &runId, Settlement::Kind kind, const QByteArray &text)
{
    const auto held = m_held.find(runId);
    if (held != m_held.end()) {
        m_link.settle({kind, held->delivery.receipt, text});
        m_held.erase(held);
    }
}

// Nothing is cancelled: the other worker finds the workspace locked, and then what the run did.
void QueueWorker::onLost(const QByteArray &receipt)
{
    m_log.warning("QUEUE",
                  QStringLiteral("A job (%1) went to another worker: this one was silent for too long")
                      .arg(QString::fromLatin1(receipt)));
}

} // namespace PatchPanel::Runner
