#include "services/runner/runintake.h"

#include "services/common/clock.h"
#include "services/common/json.h"
#include "services/runner/runnerproblems.h"
#include "services/runner/traceparent.h"
#include "services/storage/processidentity.h"

#include <algorithm>
#include <unistd.h>

namespace PatchPanel::Runner {

namespace {

using Http::Request;
using Http::Response;
using Storage::KeyedRun;

constexpr int retryAfterSeconds = 5;
constexpr qsizetype longestKey = 255;

QByteArray keyOf(const Request &request)
{
    return request.header("Idempotency-Key");
}

// Two requests with one key are the same when they ask the same of the same run.
QByteArray identityOf(const Request &request)
{
    return request.captures.isEmpty() ? request.body : request.captures.first().toUtf8() + '\n' + request.body;
}

bool prefersAsync(const Request &request)
{
    const QList<QByteArray> preferences = request.header("Prefer").split(',');
    return std::any_of(preferences.begin(), preferences.end(), [](const QByteArray &preference) {
        return preference.trimmed().compare("respond-async", Qt::CaseInsensitive) == 0;
    });
}

QByteArray pathOf(const QString &runId)
{
    return "/runs/" + runId.toUtf8();
}

// Tells a relay that another runner may take the run without a risk of running it twice.
Response notStarted(const Error &error)
{
    Response response = Response::problem(error);
    if (error.code == ErrorCode::TooManyRequests || error.code == ErrorCode::Unavailable) {
        response.headers.emplaceBack("Retry-After", QByteArray::number(retryAfterSeconds));
        response.headers.emplaceBack("X-PatchPanel-Not-Started", "1");
    }
    return response;
}

Response accepted(const RunRecord &record)
{
    Response response = Response::json(
        {{QStringLiteral("runId"), record.id}, {QStringLiteral("status"), toString(RunStatus::Queued)}}, 202);
    response.headers.emplaceBack("Location", pathOf(record.id));
    return response;
}

Response keyOfOtherBody()
{
    QJsonObject problem =
        Error{ErrorCode::BadRequest, QStringLiteral("this Idempotency-Key was used with another request body"),
              QStringLiteral("send a new key with a new request")}
            .toJson();
    problem[QStringLiteral("title")] = problem[QStringLiteral("code")] = QStringLiteral("idempotency-key-reused");
    problem[QStringLiteral("status")] = 422;
    Response response = Response::json(problem, 422);
    response.contentType = "application/problem+json";
    return response;
}

Response keyStillRuns(const QString &runId)
{
    Response response = Response::problem(Error{ErrorCode::Busy,
                                                QStringLiteral("the run of this Idempotency-Key is in progress"),
                                                QStringLiteral("follow it at /runs/%1").arg(runId),
                                                {},
                                                {{QStringLiteral("runId"), runId}}});
    response.headers.emplaceBack("Location", pathOf(runId));
    return response;
}

Error keyTooLong()
{
    return {ErrorCode::BadRequest, QStringLiteral("the Idempotency-Key is longer than %1 bytes").arg(longestKey),
            QStringLiteral("send a random one, for example a UUID")};
}

// A roll-back that has nothing to take back was refused; any other end is the result of a run. `text` is compact JSON.
Response answerOf(const QByteArray &text, bool isRollback)
{
    const Result<QJsonObject> parsed = isRollback ? parseJsonObject(text) : QJsonObject();
    const QJsonObject result = parsed ? *parsed : QJsonObject();
    if (result[QStringLiteral("status")].toString() != toString(RunStatus::Invalid)) {
        return Response::jsonText(text);
    }
    const QString runId = result[QStringLiteral("runId")].toString();
    Error error = Error::fromJson(result[QStringLiteral("error")].toObject());
    error.code = ErrorCode::DoesNotApply;
    error.details.insert(QStringLiteral("runId"), runId);
    Response response = Response::problem(error);
    response.headers.emplaceBack("Location", pathOf(runId));
    return response;
}

Response answerOf(const RunRecord &record)
{
    return answerOf(record.result, !record.rollbackOf.isEmpty());
}

} // namespace

RunIntake::RunIntake(Runner &runner, QObject *parent)
    : QObject(parent)
    , m_runner(runner)
    , m_process(Storage::processIdentity(::getpid()))
{
    connect(&runner, &Runner::runFinished, this, &RunIntake::onRunFinished);
}

RunIntake::~RunIntake()
{
    m_runner.historian().waitForDone();
}

void RunIntake::start(const Result<RunRequest> &asked, const Request &request, const Http::Pending &pending)
{
    Result<RunRequest> wanted = keyOf(request).size() > longestKey ? Result<RunRequest>(keyTooLong()) : asked;
    if (wanted) {
        wanted->traceparent = QString::fromLatin1(traceparentOf(request.headers));
        wanted->isKeyed = !keyOf(request).isEmpty();
    }
    const IdempotencyKeys::Known known = m_keys.find(keyOf(request), identityOf(request));
    const bool isForgotten = known.match == IdempotencyKeys::Match::Same && !m_runner.find(known.runId);
    if (known.match != IdempotencyKeys::Match::New && !(isForgotten && m_runner.history())) {
        answerKnownKey(known, request, pending);
        return;
    }
    if (wanted && (!m_runner.history() || !wanted->isKeyed)) {
        startKeyed(*wanted, keyedRun(*wanted, {}, request), request, pending);
        return;
    }
    const Result<QString> workspace = wanted ? m_runner.workspaceFor(*wanted) : wanted.error();
    if (workspace) {
        claimKey(*wanted, keyedRun(*wanted, *workspace, request), request, pending);
    } else {
        pending.answer(notStarted(workspace.error()));
    }
}

// Without a key when the request has none.
KeyedRun RunIntake::keyedRun(const RunRequest &wanted, const QString &workspace, const Request &request) const
{
    if (keyOf(request).isEmpty()) {
        return {.runId = newRunId()};
    }
    return {.key = sha256Hex(keyOf(request)),
            .request = sha256Hex(identityOf(request)),
            .runId = newRunId(),
            .process = m_process,
            .runner = m_runner.settings().name,
            .workspace = workspace,
            .task = wanted.taskName(),
            .dryRun = wanted.dryRun,
            .acceptedMs = wallClockMs()};
}

void RunIntake::claimKey(const RunRequest &wanted, const KeyedRun &run, const Request &request,
                         const Http::Pending &pending)
{
    m_runner.readPast(
        this, [history = m_runner.history(), run] { return history->claim(run); },
        [this, wanted, run, request, pending](const KeyedRun &owner) {
            const IdempotencyKeys::Known known = m_keys.find(keyOf(request), identityOf(request));
            if (owner.runId != run.runId) {
                answerStored(owner, request, pending);
            } else if (known.match == IdempotencyKeys::Match::New) {
                startKeyed(wanted, run, request, pending);
            } else {
                answerKnownKey(known, request, pending); // the history, which did not know it, cannot be used
            }
        });
}

void RunIntake::startKeyed(const RunRequest &wanted, const KeyedRun &run, const Request &request,
                           const Http::Pending &pending)
{
    const Result<QString> runId = m_runner.submit(wanted, run.runId);
    if (!runId) {
        refuseKeyed(runId.error(), run, pending);
        return;
    }
    if (!run.key.isEmpty()) {
        m_keys.remember(keyOf(request), identityOf(request), *runId);
    }
    answerRun(*runId, prefersAsync(request) ? Respond::AtOnce : Respond::WithResult, pending);
}

// The key is free before the client, or a relay, may use it again.
void RunIntake::refuseKeyed(const Error &error, const KeyedRun &run, const Http::Pending &pending)
{
    if (!m_runner.history() || run.key.isEmpty()) {
        pending.answer(notStarted(error));
        return;
    }
    m_runner.readPast(
        this,
        [history = m_runner.history(), run, error] {
            history->release(run);
            return notStarted(error);
        },
        [pending](const Response &response) { pending.answer(response); });
}

void RunIntake::answerKnownKey(const IdempotencyKeys::Known &known, const Request &request,
                               const Http::Pending &pending)
{
    const RunRecord *record = m_runner.find(known.runId);
    if (known.match == IdempotencyKeys::Match::OtherBody) {
        pending.answer(keyOfOtherBody());
    } else if (!record) {
        pending.answer(Response::problem(unknownRun(known.runId)));
    } else if (prefersAsync(request)) {
        answerRun(known.runId, Respond::AtOnce, pending);
    } else if (isFinal(record->status)) {
        answerRun(known.runId, Respond::WithResult, pending);
    } else {
        pending.answer(keyStillRuns(known.runId));
    }
}

// Of a key that was used before this process began, by another one, or longer ago than its runs are remembered.
void RunIntake::answerStored(const KeyedRun &run, const Request &request, const Http::Pending &pending)
{
    if (run.request != sha256Hex(identityOf(request))) {
        pending.answer(keyOfOtherBody());
    } else if (m_runner.find(run.runId)) {
        answerKnownKey({IdempotencyKeys::Match::Same, run.runId}, request, pending);
    } else if (!run.result.isEmpty()) {
        pending.answer(answerOf(run.result, !request.captures.isEmpty()));
    } else {
        pending.answer(keyStillRuns(run.runId));
    }
}

void RunIntake::answerRun(const QString &runId, Respond respond, const Http::Pending &pending)
{
    const RunRecord *record = m_runner.find(runId);
    if (respond == Respond::AtOnce) {
        pending.answer(accepted(*record));
    } else if (isFinal(record->status)) {
        pending.answer(answerOf(*record));
    } else {
        m_waiting[runId].append(pending);
    }
}

void RunIntake::onRunFinished(const QString &runId)
{
    const RunRecord &record = *m_runner.find(runId);
    const QList<Http::Pending> waiting = m_waiting.take(runId);
    for (const Http::Pending &pending : waiting) {
        pending.answer(answerOf(record));
    }
}

} // namespace PatchPanel::Runner
