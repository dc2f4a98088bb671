#include "services/runner/runnerapi.h"

#include "services/http/openapi.h"
#include "services/http/servermetrics.h"
#include "services/log/linebatch.h"
#include "services/runner/rollbackrequest.h"
#include "services/runner/runlist.h"
#include "services/runner/runnerproblems.h"
#include "services/runner/runnerschemas.h"

#include <QJsonArray>

#include <algorithm>
#include <limits>

namespace PatchPanel::Runner {

namespace {

using Http::Request;
using Http::Response;

constexpr qsizetype mostLogLines = 10'000;

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

Error notHereToCancel(const Storage::HistoryEntry &run)
{
    if (isFinal(run.status)) {
        return {ErrorCode::Busy, QStringLiteral("run %1 has ended: %2").arg(run.runId, toString(run.status))};
    }
    return {ErrorCode::Busy, QStringLiteral("run %1 is not one of this process").arg(run.runId),
            QStringLiteral("cancel it where it was started, by %1").arg(run.runner)};
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

} // namespace

RunnerApi::RunnerApi(Http::Server &server, Runner &runner, Log::Store &log, QObject *parent)
    : QObject(parent)
    , m_server(server)
    , m_runner(runner)
    , m_log(log)
    , m_events(runner, log)
    , m_intake(runner)
{
    m_uptime.start();
    connect(&runner, &Runner::runFinished, this,
            [this](const QString &runId) { m_runMetrics.runEnded(*m_runner.find(runId)); });
    for (const Route &route : routes()) {
        std::visit([&](auto handler) { serve(route.operation, handler); }, route.handler);
    }
}

RunnerApi::~RunnerApi()
{
    m_runner.historian().waitForDone();
}

void RunnerApi::serve(const Http::Operation &operation, Answering handler)
{
    m_server.route(
        operation.method, operation.pattern,
        [this, handler](const Request &request) { return (this->*handler)(request); }, operation.access);
}

void RunnerApi::serve(const Http::Operation &operation, AnsweringLater handler)
{
    m_server.routePending(
        operation.method, operation.pattern,
        [this, handler](const Request &request, const Http::Pending &pending) { (this->*handler)(request, pending); },
        operation.access);
}

void RunnerApi::serve(const Http::Operation &operation, Streaming handler)
{
    m_server.routeStream(
        operation.pattern,
        [this, handler](const Request &request, const Http::EventStream &stream) {
            return (this->*handler)(request, stream);
        },
        operation.access);
}

void RunnerApi::answerLater(const Http::Pending &pending, std::function<Response()> make)
{
    m_runner.readPast(this, std::move(make), [pending](const Response &response) { pending.answer(response); });
}

void RunnerApi::runPatch(const Request &request, const Http::Pending &pending)
{
    const Result<QJsonObject> body = request.json();
    m_intake.start(body ? parseRunRequest(*body) : body.error(), request, pending);
}

void RunnerApi::rollBack(const Request &request, const Http::Pending &pending)
{
    m_runner.readPast(
        this, [history = m_runner.history(), named = request.captures.value(0)] { return pastRun(history, named); },
        [this, request, pending](const Result<Storage::HistoryEntry> &past) {
            m_intake.start(rollbackWanted(request, past), request, pending);
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
        pending.answer(Response::jsonText(record->toJson()));
        return;
    }
    answerLater(pending, [history = m_runner.history(), runId] {
        const Result<Storage::HistoryEntry> past = pastRun(history, runId);
        return past ? Response::json(RunHistory::resultOf(*past, history->reportOf(*past)))
                    : Response::problem(past.error());
    });
}

void RunnerApi::forgetRun(const Request &request, const Http::Pending &pending)
{
    const QString runId = request.captures.value(0);
    const RunRecord *record = m_runner.find(runId);
    if (record && !isFinal(record->status)) {
        pending.answer(Response::problem(notEnded(runId)));
        return;
    }
    m_runner.readPast(
        this,
        [history = m_runner.history(), runId] {
            return history ? history->forget(runId) : Result<void>(unknownRun(runId));
        },
        [this, pending, runId](const Result<void> &forgotten) {
            const bool isOnlyRemembered =
                !forgotten && forgotten.error().code == ErrorCode::NotFound && m_runner.find(runId);
            if (!forgotten && !isOnlyRemembered) {
                pending.answer(Response::problem(forgotten.error()));
                return;
            }
            m_runner.forget(runId);
            pending.answer(Response::empty(204));
        });
}

Response RunnerApi::showLog(const Request &request)
{
    const RunRecord *record = m_runner.find(request.captures.value(0));
    if (!record) {
        return Response::problem(notOfThisProcess(request.captures.value(0)));
    }
    const Result<int> from = numberParameter(request, QStringLiteral("from"), 0, std::numeric_limits<int>::max());
    if (!from) {
        return Response::problem(from.error());
    }
    const qsizetype end = record->logEnd < 0 ? m_log.size() : record->logEnd;
    qsizetype next = std::clamp<qsizetype>(*from, record->logBegin, end);
    const QByteArray runId = record->id.toUtf8();
    QJsonArray lines;
    Log::LineBatch batch(m_log);
    while (next < end && lines.size() < mostLogLines) {
        if (const auto dropped = batch.readOrSkip(next, end, runId)) {
            lines.append(dropped->toJson());
            continue;
        }
        for (; next < std::min(end, batch.end()) && lines.size() < mostLogLines; ++next) {
            if (batch.runId(next) == runId) {
                lines.append(batch.line(next).toJson());
            }
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
        pending.answer(asJson ? Response::jsonText(record->result) : markdown(record->report, runId));
        return;
    }
    answerLater(pending, [history = m_runner.history(), runId, asJson] {
        const Result<Storage::HistoryEntry> past = pastRun(history, runId);
        if (!past) {
            return Response::problem(past.error());
        }
        const Storage::RunReport report = history->reportOf(*past);
        return asJson ? Response::json(RunHistory::resultOf(*past, report)) : markdown(report.markdown, runId);
    });
}

Result<void> RunnerApi::followRun(const Request &request, const Http::EventStream &stream)
{
    return m_events.open(request, stream);
}

void RunnerApi::cancelRun(const Request &request, const Http::Pending &pending)
{
    const QString named = request.captures.value(0);
    if (m_runner.find(named)) {
        pending.answer(cancelled(named));
        return;
    }
    m_runner.readPast(
        this, [history = m_runner.history(), named] { return pastRun(history, named); },
        [this, pending](const Result<Storage::HistoryEntry> &past) {
            if (past && m_runner.find(past->runId)) {
                pending.answer(cancelled(past->runId));
            } else {
                pending.answer(Response::problem(past ? notHereToCancel(*past) : past.error()));
            }
        });
}

Response RunnerApi::cancelled(const QString &runId)
{
    const Result<void> done = m_runner.cancel(runId);
    return done ? Response::jsonText(m_runner.find(runId)->toJson(), 202) : Response::problem(done.error());
}

Response RunnerApi::metrics(const Request &)
{
    Http::PrometheusText text;
    m_runMetrics.append(text);
    appendRunnerGauges(text, m_runner, m_uptime.elapsed());
    Http::appendServerMetrics(text, m_server);
    return text.response();
}

Response RunnerApi::openApi(const Request &)
{
    std::vector<Http::Operation> operations;
    for (const Route &route : routes()) {
        operations.push_back(route.operation);
    }
    return Response::json(Http::openApiDocument(QStringLiteral("PatchPanel runner"), operations, runnerSchemas()));
}

Response RunnerApi::health(const Request &)
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
