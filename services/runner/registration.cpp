#include "services/runner/registration.h"

#include "services/common/json.h"

#include <algorithm>

namespace PatchPanel::Runner {

namespace {

using std::chrono::milliseconds;
using namespace std::chrono_literals;

constexpr milliseconds firstRetry = 250ms;
constexpr milliseconds longestRetry = 5s;
constexpr milliseconds requestTime = 5s;
constexpr milliseconds farewellTime = 2s;
constexpr milliseconds complaintPause = 60s;
constexpr auto deregisterAfter = "60s";
constexpr int doublings = 5; // 250 ms · 2⁵ is over the longest pause

// A Go duration, as the Consul API has it.
QString goDuration(milliseconds duration)
{
    return QStringLiteral("%1ms").arg(duration.count());
}

bool isFinalRefusal(int status)
{
    return status == 400 || status == 401 || status == 403;
}

} // namespace

Registration::Registration(RegistrationOptions options, Note note, Log::Writer log, QObject *parent)
    : QObject(parent)
    , m_options(std::move(options))
    , m_note(std::move(note))
    , m_log(std::move(log))
    , m_client(m_options.client)
{
    m_timer.setSingleShot(true);
    connect(&m_timer, &QTimer::timeout, this, [this] {
        if (m_known) {
            beat();
        } else {
            registerService();
        }
    });
}

void Registration::start()
{
    registerService();
}

void Registration::beat()
{
    if (m_busy || m_ending) {
        return;
    }
    if (!m_known) {
        registerService();
        return;
    }
    QUrlQuery query;
    query.addQueryItem(QStringLiteral("note"),
                       QString::fromLatin1(QUrl::toPercentEncoding(QString::fromUtf8(m_note()))));
    put(QStringLiteral("/v1/agent/check/pass/service:") + m_options.id, query, {}, &Registration::onBeat);
}

void Registration::end()
{
    m_ending = true;
    m_timer.stop();
    if (!m_known && !m_busy) {
        Q_EMIT ended();
        return;
    }
    Http::ClientRequest request;
    request.method = Http::Method::Put;
    request.url = m_options.registry;
    request.url.setPath(QStringLiteral("/v1/agent/service/deregister/") + m_options.id);
    request.timeout = farewellTime;
    m_client.send(request, this, [this](const Http::Reply &) { Q_EMIT ended(); });
}

void Registration::registerService()
{
    put(QStringLiteral("/v1/agent/service/register"), {}, compactJson(description()), &Registration::onRegistered);
}

QJsonObject Registration::description() const
{
    const QJsonObject check{{QStringLiteral("TTL"), goDuration(m_options.lease)},
                            {QStringLiteral("Status"), QStringLiteral("passing")},
                            {QStringLiteral("DeregisterCriticalServiceAfter"), QLatin1String(deregisterAfter)}};
    QJsonObject meta{{QStringLiteral("name"), m_options.name},
                     {QStringLiteral("scheme"), m_options.address.scheme()},
                     {QStringLiteral("slots"), QString::number(m_options.slots)},
                     {QStringLiteral("version"), QStringLiteral(PATCHPANEL_VERSION)}};
    if (!m_options.history.isEmpty()) {
        meta.insert(QStringLiteral("history"), m_options.history);
    }
    return {{QStringLiteral("Name"), QStringLiteral("runner")},
            {QStringLiteral("ID"), m_options.id},
            {QStringLiteral("Address"), m_options.address.host()},
            {QStringLiteral("Port"), m_options.address.port()},
            {QStringLiteral("Meta"), meta},
            {QStringLiteral("Check"), check}};
}

void Registration::onRegistered(const Http::Reply &reply)
{
    if (reply.ok()) {
        m_known = true;
        m_failures = 0;
        m_timer.start(m_options.heartbeat);
        Q_EMIT registered();
        return;
    }
    if (isFinalRefusal(reply.status)) {
        Q_EMIT refused(reply.failure());
    }
    onLost(reply);
}

void Registration::onBeat(const Http::Reply &reply)
{
    if (reply.ok()) {
        m_failures = 0;
        m_timer.start(m_options.heartbeat);
    } else if (reply.status == 404) {
        m_known = false;
        m_log.info("RUNNER", QStringLiteral("The registry forgot %1, registering again").arg(m_options.id));
        registerService();
    } else {
        onLost(reply);
    }
}

void Registration::onLost(const Http::Reply &reply)
{
    if (!m_sinceComplaint.isValid() || m_sinceComplaint.hasExpired(complaintPause.count())) {
        m_sinceComplaint.start();
        m_log.warning("RUNNER",
                      QStringLiteral("Not registered at %1, trying again: %2")
                          .arg(m_options.registry.toString(), reply.failure().toString()));
    }
    m_timer.start(std::min(firstRetry * (1 << std::min(m_failures++, doublings)), longestRetry));
}

void Registration::put(const QString &path, const QUrlQuery &query, const QByteArray &body,
                       void (Registration::*done)(const Http::Reply &))
{
    Http::ClientRequest request;
    request.method = Http::Method::Put;
    request.url = m_options.registry;
    request.url.setPath(path);
    request.url.setQuery(query);
    request.body = body;
    request.timeout = requestTime;
    m_busy = true;
    m_client.send(request, this, [this, done](const Http::Reply &reply) {
        m_busy = false;
        if (!m_ending) {
            (this->*done)(reply);
        }
    });
}

} // namespace PatchPanel::Runner
