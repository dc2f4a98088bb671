#include "services/runner/runnerapi.h"

#include "services/runner/rollbackrequest.h"
#include "services/runner/runlist.h"

#include <QJsonArray>

#include <algorithm>

namespace PatchPanel::Runner {

namespace {

using Http::Method;
using Http::Request;
using Http::Response;

constexpr qsizetype mostLogLines = 10'000;
constexpr int retryAfterSeconds = 5;

Error unknownRun(const QString &runId)
{
    return Error{ErrorCode::NotFound, QStringLiteral("no run %1 is known").arg(runId),
                 QStringLiteral("GET /runs lists the known ones")};
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

Result<int> numberParameter(const Request &request, const QString &name, int fallback, int most)
{
    if (!request.query.hasQueryItem(name)) {
        return fallback;
    }
    bool isNumber = false;
    const int number = request.query.queryItemValue(name).toInt(&isNumber);
    if (!isNumber || number < 0 || number > most) {
        return Error{ErrorCode::BadRequest,
                     QStringLiteral("%1 must be a whole number from 0 to %2").arg(name).arg(most)};
    }
    return number;
}

// A run that the history knows; NotFound when it does not, BadRequest when several begin so.
Result<Storage::HistoryEntry> pastRun(const RunHistory *history, const QString &runId)
{
    const Result<std::optional<Storage::HistoryEntry>> found =
        history ? history->find(runId) : Result<std::optional<Storage::HistoryEntry>>(std::nullopt);
    if (!found) {
        return found.error();
    }
    return *found ? Result(**found) : unknownRun(runId);
}

bool wantsJson(const Request &request)
{
    return request.header("Accept").contains("application/json");
}

Response markdown(const QByteArray &text, const QString &runId)
{
    if (text.isEmpty()) {
        return Response::problem(Error{ErrorCode::NotFound, QStringLiteral("the report of run %1 is gone").arg(runId),
                                       QStringLiteral("GET /runs/%1 tells what the history knows").arg(runId)});
    }
    Response response = Response::text(text);
    response.contentType = "text/markdown; charset=utf-8";
    return response;
}

// A roll-back that has nothing to take back was refused; any other end is the result of a run.
Response answerOf(const RunRecord &record)
{
    if (record.rollbackOf.isEmpty() || record.status != RunStatus::Invalid) {
        return Response::json(record.result);
    }
    Error error = Error::fromJson(record.result[QStringLiteral("error")].toObject());
    error.code = ErrorCode::DoesNotApply;
    error.details.insert(QStringLiteral("runId"), record.id);
    Response response = Response::problem(error);
    response.headers.emplaceBack("Location", pathOf(record.id));
    return response;
}

// Two requests with one key are the same when they ask the same of the same run.
QByteArray identityOf(const Request &request)
{
    return request.captures.isEmpty() ? request.body : request.captures.first().toUtf8() + '\n' + request.body;
}

} // namespace

RunnerApi::RunnerApi(Http::Server &server, Runner &runner, Log::Store &log, QObject *parent)
    : QObject(parent)
    , m_runner(runner)
    , m_log(log)
    , m_events(runner, log)
{
    m_uptime.start();
    connect(&runner, &Runner::runFinished, this, &RunnerApi::answerWaiting);
    addRoutes(server);
}

RunnerApi::~RunnerApi()
{
    m_runner.historian().waitForDone();
}

// Reads the history on its thread and goes on with what was read on this one.
template <typename Read, typename Use> void RunnerApi::readPast(Read read, Use use)
{
    m_runner.historian().start([this, read = std::move(read), use = std::move(use)]() mutable {
        QMetaObject::invokeMethod(
            this, [use = std::move(use), value = read()] { use(value); }, Qt::QueuedConnection);
    });
}

void RunnerApi::answerLater(const Http::Pending &pending, std::function<Response()> make)
{
    readPast(std::move(make), [pending](const Response &response) { pending.answer(response); });
}

void RunnerApi::addRoutes(Http::Server &server)
{
    server.routePending(Method::Post, QStringLiteral("/run-patch"),
                        [this](const Request &request, const Http::Pending &pending) { runPatch(request, pending); });
    server.routePending(Method::Post, QStringLiteral("/runs/:id/rollback"),
                        [this](const Request &request, const Http::Pending &pending) { rollBack(request, pending); });
    server.routePending(Method::Get, QStringLiteral("/runs"),
                        [this](const Request &request, const Http::Pending &pending) { showRuns(request, pending); });
    server.routePending(Method::Get, QStringLiteral("/runs/:id"),
                        [this](const Request &request, const Http::Pending &pending) { showRun(request, pending); });
    server.route(Method::Get, QStringLiteral("/runs/:id/log"),
                 [this](const Request &request) { return showLog(request); });
    server.routePending(Method::Get, QStringLiteral("/runs/:id/report"),
                        [this](const Request &request, const Http::Pending &pending) { showReport(request, pending); });
    server.route(Method::Post, QStringLiteral("/runs/:id/cancel"),
                 [this](const Request &request) { return cancelRun(request); });
    server.route(
        Method::Get, QStringLiteral("/health"), [this](const Request &) { return health(); }, Http::Access::Open);
    server.routeStream(
        QStringLiteral("/runs/:id/events"),
        [this](const Request &request, const Http::EventStream &stream) { return m_events.open(request, stream); });
}

void RunnerApi::runPatch(const Request &request, const Http::Pending &pending)
{
    const Result<QJsonObject> body = request.json();
    startOnce(body ? parseRunRequest(*body) : body.error(), request, pending);
}

void RunnerApi::rollBack(const Request &request, const Http::Pending &pending)
{
    readPast([history = m_runner.history(), named = request.captures.value(0)] { return pastRun(history, named); },
             [this, request, pending](const Result<Storage::HistoryEntry> &past) {
                 startOnce(rollbackWanted(request, past), request, pending);
             });
}

Result<RunRequest> RunnerApi::rollbackWanted(const Request &request, const Result<Storage::HistoryEntry> &past) const
{
    const Result<QJsonObject> body = request.body.isEmpty() ? Result(QJsonObject()) : request.json();
    if (!body) {
        return body.error();
    }
    const QString named = request.captures.value(0);
    const QString runId = past ? past->runId : named;
    const RunRecord *record = m_runner.find(runId);
    if (record ? !isFinal(record->status) : past && !isFinal(past->status)) {
        return Error{ErrorCode::Busy, QStringLiteral("run %1 has not ended").arg(runId),
                     QStringLiteral("cancel it, which takes it back, or wait for its end")};
    }
    // A workspace may know a run that the history does not.
    if (!record && !past
        && (past.error().code != ErrorCode::NotFound || !body->contains(QStringLiteral("workspace")))) {
        return past.error();
    }
    const QString workspace = record ? record->workspace : past ? past->workspace : QString();
    return parseRollbackRequest(runId, workspace, *body);
}

void RunnerApi::startOnce(const Result<RunRequest> &wanted, const Request &request, const Http::Pending &pending)
{
    const QByteArray key = request.header("Idempotency-Key");
    if (key.isEmpty()) {
        startRun(wanted, request, pending);
        return;
    }
    const IdempotencyKeys::Known known = m_keys.find(key, identityOf(request));
    if (known.match == IdempotencyKeys::Match::New) {
        startRun(wanted, request, pending);
    } else {
        answerKnownKey(known, request, pending);
    }
}

void RunnerApi::startRun(const Result<RunRequest> &wanted, const Request &request, const Http::Pending &pending)
{
    const Result<QString> runId = wanted ? m_runner.submit(*wanted) : wanted.error();
    if (!runId) {
        pending.answer(notStarted(runId.error()));
        return;
    }
    if (const QByteArray key = request.header("Idempotency-Key"); !key.isEmpty()) {
        m_keys.remember(key, identityOf(request), *runId);
    }
    answerRun(*runId, prefersAsync(request) ? Respond::AtOnce : Respond::WithResult, pending);
}

void RunnerApi::answerKnownKey(const IdempotencyKeys::Known &known, const Request &request,
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

void RunnerApi::answerRun(const QString &runId, Respond respond, const Http::Pending &pending)
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

void RunnerApi::answerWaiting(const QString &runId)
{
    const QList<Http::Pending> waiting = m_waiting.take(runId);
    if (waiting.isEmpty()) {
        return;
    }
    const Response response = answerOf(*m_runner.find(runId));
    for (const Http::Pending &pending : waiting) {
        pending.answer(response);
    }
}

void RunnerApi::showRuns(const Request &request, const Http::Pending &pending)
{
    const Result<Storage::HistoryQuery> query = runListQuery(request);
    if (!query) {
        pending.answer(Response::problem(query.error()));
        return;
    }
    answerLater(pending, [history = m_runner.history(), query = *query, remembered = rememberedRuns(m_runner, *query)] {
        const Result<Storage::HistoryPage> page =
            history ? history->list(query) : Result<Storage::HistoryPage>(Storage::HistoryPage());
        return page ? Response::json(runList(remembered, *page)) : Response::problem(page.error());
    });
}

void RunnerApi::showRun(const Request &request, const Http::Pending &pending)
{
    const QString runId = request.captures.value(0);
    if (const RunRecord *record = m_runner.find(runId)) {
        pending.answer(Response::json(record->toJson()));
        return;
    }
    answerLater(pending, [history = m_runner.history(), runId] {
        const Result<Storage::HistoryEntry> past = pastRun(history, runId);
        return past ? Response::json(RunHistory::resultOf(*past)) : Response::problem(past.error());
    });
}

Response RunnerApi::showLog(const Request &request) const
{
    const RunRecord *record = m_runner.find(request.captures.value(0));
    if (!record) {
        return Response::problem(unknownRun(request.captures.value(0)));
    }
    const Result<int> from =
        numberParameter(request, QStringLiteral("from"), 0, static_cast<int>(Log::Store::capacity()));
    if (!from) {
        return Response::problem(from.error());
    }
    const qsizetype end = record->logEnd < 0 ? m_log.size() : record->logEnd;
    qsizetype next = std::clamp<qsizetype>(*from, record->logBegin, end);
    QJsonArray lines;
    for (; next < end && lines.size() < mostLogLines; ++next) {
        if (const Log::Line &line = m_log.at(next); line.runId == record->id.toUtf8()) {
            lines.append(line.toJson());
        }
    }
    return Response::json(QJsonObject{{QStringLiteral("lines"), lines},
                                      {QStringLiteral("next"), static_cast<qint64>(next)},
                                      {QStringLiteral("complete"), next == record->logEnd}});
}

void RunnerApi::showReport(const Request &request, const Http::Pending &pending)
{
    const QString runId = request.captures.value(0);
    const bool asJson = wantsJson(request);
    const RunRecord *record = m_runner.find(runId);
    if (record && !isFinal(record->status)) {
        pending.answer(Response::problem(Error{ErrorCode::Busy, QStringLiteral("run %1 has no report yet").arg(runId),
                                               QStringLiteral("ask again when it has ended")}));
        return;
    }
    if (record) {
        pending.answer(asJson ? Response::json(record->result) : markdown(record->report, runId));
        return;
    }
    answerLater(pending, [history = m_runner.history(), runId, asJson] {
        const Result<Storage::HistoryEntry> past = pastRun(history, runId);
        if (!past) {
            return Response::problem(past.error());
        }
        return asJson ? Response::json(RunHistory::resultOf(*past)) : markdown(RunHistory::reportOf(*past), runId);
    });
}

Response RunnerApi::cancelRun(const Request &request)
{
    const QString runId = request.captures.value(0);
    const Result<void> cancelled = m_runner.cancel(runId);
    if (!cancelled) {
        return Response::problem(cancelled.error());
    }
    return Response::json(m_runner.find(runId)->toJson(), 202);
}

Response RunnerApi::health() const
{
    return Response::json(QJsonObject{
        {QStringLiteral("status"), m_runner.isDraining() ? QStringLiteral("draining") : QStringLiteral("passing")},
        {QStringLiteral("service"), m_runner.settings().name},
        {QStringLiteral("active"), m_runner.activeRuns()},
        {QStringLiteral("queued"), m_runner.queuedRuns()},
        {QStringLiteral("slots"), m_runner.settings().slots},
        {QStringLiteral("uptimeSeconds"), m_uptime.elapsed() / 1000},
        {QStringLiteral("runs"), static_cast<qint64>(m_runner.newestFirst().size())}});
}

} // namespace PatchPanel::Runner
