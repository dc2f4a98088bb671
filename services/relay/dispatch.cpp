#include "services/relay/dispatch.h"

#include "services/common/ids.h"
#include "services/common/json.h"
#include "services/relay/outcome.h"

#include <QRandomGenerator>
#include <QTimer>

namespace PatchPanel::Relay {

namespace {

constexpr qsizetype mostRunners = 3;
constexpr std::chrono::milliseconds retryDelay{500}; // to the same runner
constexpr int firstBackOff = 50; // ms, at most, before the second runner; doubles

bool provablyNotStarted(const Http::Reply &reply)
{
    return (reply.status == 503 || reply.status == 429)
        && Http::headerValue(reply.headers, "X-PatchPanel-Not-Started") == "1";
}

// It was not started for this workspace, or has no such folder; another runner may be on the machine that has.
bool lacksTheWorkspace(const Http::Reply &reply)
{
    return (reply.status == 403 || reply.status == 404)
        && reply.failure().details.contains(QStringLiteral("workspace"));
}

// The run that an answer names: in its body, in the details of a problem, or in its Location; empty when it names none.
QString runIdOf(const Http::Reply &reply)
{
    const QJsonObject body = QJsonDocument::fromJson(reply.body).object();
    for (const QJsonValue &value :
         {body[QStringLiteral("runId")], body[QStringLiteral("details")][QStringLiteral("runId")]}) {
        if (!value.toString().isEmpty()) {
            return value.toString();
        }
    }
    const QByteArray location = Http::headerValue(reply.headers, "Location");
    return QString::fromUtf8(location.sliced(location.lastIndexOf('/') + 1));
}

Error cancelledInTime()
{
    return Error{ErrorCode::Cancelled, QStringLiteral("Cancelled before a runner had taken the task")};
}

Error refusedToken(const Instance &runner, const Error &cause)
{
    Error error = cause;
    error.code = ErrorCode::Unauthorized;
    error.message = QStringLiteral("%1 (%2) does not accept our token").arg(runner.name, runner.url.toString());
    error.hint = QStringLiteral("use the token it was started with; its user finds it with \"patchpanel token\"");
    return error;
}

} // namespace

Dispatch::Dispatch(Http::Client &client, const RunRequest &request, Chooser chooser, Retry mayRetry,
                   std::chrono::milliseconds lease, QObject *parent)
    : QObject(parent)
    , m_client(client)
    , m_endpoint(request.endpoint())
    , m_body(compactJson(request.toJson()))
    , m_key(request.key.isEmpty() ? randomHex(16) : request.key)
    , m_waits(request.waitsBeforeSending)
    , m_mayBeKnown(!request.key.isEmpty())
    , m_chooser(std::move(chooser))
    , m_mayRetry(std::move(mayRetry))
    , m_silence(lease)
{
}

void Dispatch::start(const Result<QList<Instance>> &instances)
{
    if (m_isAbandoned) {
        return;
    }
    if (!instances) {
        fail(instances.error());
        return;
    }
    m_instances = *instances;
    sendToNext();
}

bool Dispatch::abandon()
{
    m_isAbandoned = true;
    return !m_isSent;
}

void Dispatch::sendToNext()
{
    const bool mayTryMore = m_tried.size() - m_lacking < mostRunners;
    const std::optional<Instance> next = mayTryMore ? m_chooser(m_instances, m_tried) : std::nullopt;
    if (!next) {
        if (m_lack) {
            fail(m_lack->failure(), *m_lack);
        } else {
            fail(nobodyTookIt());
        }
        return;
    }
    m_runner = *next;
    m_tried.insert(m_runner.id);
    m_silence.heard();
    m_mayHaveStarted = false;
    if (m_waits) {
        Q_EMIT chosen(m_runner);
    } else {
        send();
    }
}

void Dispatch::proceed()
{
    m_silence.heard();
    send();
}

void Dispatch::send()
{
    m_isSent = true;
    QUrl url = m_runner.url;
    url.setPath(m_endpoint);
    const Http::Headers headers{{"Idempotency-Key", m_key}, {"Prefer", "respond-async"}};
    m_client.send({.method = Http::Method::Post, .url = url, .body = m_body, .headers = headers}, this,
                  [this](const Http::Reply &reply) { onReply(reply); });
}

void Dispatch::judge(const Http::Reply &reply)
{
    if (reply.error && !reply.neverSent) {
        return; // it was reached, and what became of it is not known yet
    }
    const bool isGatewayError = (reply.status >= 502 && reply.status <= 504) && !provablyNotStarted(reply);
    Q_EMIT judged(m_runner,
                  reply.error          ? Verdict::NotReached
                      : isGatewayError ? Verdict::GatewayError
                                       : Verdict::Answered);
}

void Dispatch::onReply(const Http::Reply &reply)
{
    judge(reply);
    if (reply.error) {
        onTransportError(reply);
    } else if (provablyNotStarted(reply)) {
        tryAnother(reply.failure().message);
    } else if (reply.ok()) {
        onSuccess(reply);
    } else if (reply.status == 409 && (m_mayHaveStarted || m_mayBeKnown) && !runIdOf(reply).isEmpty()) {
        Q_EMIT accepted(m_runner, runIdOf(reply)); // our earlier request arrived: its run is under way
    } else if (lacksTheWorkspace(reply) && m_tried.size() < m_instances.size()) {
        lookElsewhere(reply);
    } else if (reply.status == 401 || reply.status == 403) {
        fail(reply.status == 401 ? refusedToken(m_runner, reply.failure()) : reply.failure(), reply);
    } else {
        fail(reply.failure(), reply);
    }
}

void Dispatch::onTransportError(const Http::Reply &reply)
{
    if (reply.neverSent && !m_mayHaveStarted) {
        tryAnother(reply.error->toString());
        return;
    }
    m_mayHaveStarted = true;
    if (m_silence.missed()) {
        fail(Error{ErrorCode::Unavailable,
                   QStringLiteral("%1 (%2) was lost after the task had been sent: %3")
                       .arg(m_runner.name, m_runner.url.toString(), reply.error->message),
                   QStringLiteral("look at the workspace and the runner's history before you run it again")});
        return;
    }
    QTimer::singleShot(retryDelay, this, &Dispatch::send);
}

void Dispatch::onSuccess(const Http::Reply &reply)
{
    if (outcomeOf(reply)) {
        Q_EMIT answered(m_runner, reply);
        return;
    }
    const QString runId = runIdOf(reply);
    if (runId.isEmpty()) {
        fail(Error{ErrorCode::Internal,
                   QStringLiteral("%1 (%2) answered HTTP %3 but named neither a result nor a run")
                       .arg(m_runner.name, m_runner.url.toString())
                       .arg(reply.status)},
             reply);
        return;
    }
    Q_EMIT accepted(m_runner, runId);
}

void Dispatch::tryAnother(const QString &reason)
{
    m_isSent = false;
    m_refusals.append(QStringLiteral("%1 (%2): %3").arg(m_runner.name, m_runner.url.toString(), reason));
    if (m_isAbandoned) {
        fail(cancelledInTime());
        return;
    }
    if (!m_mayRetry()) {
        m_refusals.append(QStringLiteral("no further runner was tried, because too many runs were passed on of late"));
        fail(nobodyTookIt());
        return;
    }
    Q_EMIT passedOn(m_runner, reason);
    const int longest = firstBackOff << (m_tried.size() - 1);
    QTimer::singleShot(QRandomGenerator::global()->bounded(longest), this, &Dispatch::sendToNext);
}

// Which is no failure: it costs neither time nor the budget.
void Dispatch::lookElsewhere(const Http::Reply &reply)
{
    m_isSent = false;
    if (m_isAbandoned) {
        fail(cancelledInTime());
        return;
    }
    ++m_lacking;
    m_lack = m_lack.value_or(reply);
    sendToNext();
}

void Dispatch::fail(const Error &error, const Http::Reply &reply)
{
    Q_EMIT failed(error, reply);
}

Error Dispatch::nobodyTookIt() const
{
    if (m_instances.isEmpty()) {
        return Error{ErrorCode::NoRunner, QStringLiteral("The last runner has left"),
                     QStringLiteral("start one with \"patchpanel serve\"; nothing was started")};
    }
    if (m_refusals.isEmpty()) {
        return Error{ErrorCode::NoRunner,
                     QStringLiteral("All %1 runners are draining: they take no new task").arg(m_instances.size()),
                     QStringLiteral("wait until they are back, or start another with \"patchpanel serve\"")};
    }
    return Error{ErrorCode::NoRunner,
                 QStringLiteral("No runner took the task: %1").arg(m_refusals.join(QStringLiteral("; "))),
                 QStringLiteral("\"patchpanel services\" shows who is there; nothing was started")};
}

} // namespace PatchPanel::Relay
