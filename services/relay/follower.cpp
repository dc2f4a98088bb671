#include "services/relay/follower.h"

#include "services/common/json.h"
#include "services/relay/outcome.h"

#include <utility>

namespace PatchPanel::Relay {

namespace {

constexpr std::chrono::milliseconds soon{500};
constexpr std::chrono::seconds inAnyCase{5};
// The rest of the log that a final state may be ahead of.
constexpr std::chrono::seconds eventGrace{1};

} // namespace

Follower::Follower(Http::Client &client, Instance runner, QString runId, std::chrono::milliseconds lease, Lines lines,
                   QObject *parent)
    : QObject(parent)
    , m_client(client)
    , m_runner(std::move(runner))
    , m_runId(std::move(runId))
    , m_silence(lease)
    , m_events(client, eventsUrl(lines))
{
    connect(&m_events, &Http::EventSource::eventReceived, this,
            [this](const QByteArray &event, const QByteArray &, const QByteArray &data) { onEvent(event, data); });
    connect(&m_events, &Http::EventSource::connectionLost, this, &Follower::ask);
    connect(&m_events, &Http::EventSource::refused, this, [this] {
        m_expectsResultEvent = false;
        ask();
    });
    m_askTimer.setSingleShot(true);
    connect(&m_askTimer, &QTimer::timeout, this, &Follower::ask);
    m_askTimer.start(inAnyCase);
}

void Follower::cancel()
{
    if (m_isOver) {
        return;
    }
    m_client.send({.method = Http::Method::Post, .url = url(QStringLiteral("/cancel"))}, this,
                  [this](const Http::Reply &reply) {
                      if (reply.error) {
                          QTimer::singleShot(soon, this, &Follower::cancel);
                      } else {
                          ask();
                      }
                  });
}

QUrl Follower::url(const QString &suffix) const
{
    QUrl url = m_runner.url;
    url.setPath(QStringLiteral("/runs/") + m_runId + suffix);
    return url;
}

QUrl Follower::eventsUrl(Lines lines) const
{
    QUrl events = url(QStringLiteral("/events"));
    if (lines == Lines::NotWanted) {
        events.setQuery(QStringLiteral("log=none"));
    }
    return events;
}

void Follower::onEvent(const QByteArray &event, const QByteArray &data)
{
    heard();
    const Result<QJsonObject> object = parseJsonObject(data);
    if (!object || m_isOver) {
        return;
    }
    if (event == "step") {
        Q_EMIT stepChanged(Step::fromJson(*object));
    } else if (event == "log") {
        Q_EMIT lineReceived(Log::Line::fromJson(*object));
    } else if (event == "result") {
        m_expectsResultEvent = false;
        m_events.close();
        ask();
    }
}

void Follower::askSoon()
{
    m_askTimer.start(soon);
}

void Follower::ask()
{
    if (m_isAsking || m_isOver) {
        return;
    }
    m_isAsking = true;
    m_askTimer.stop();
    m_client.send({.url = url()}, this, [this](const Http::Reply &reply) {
        m_isAsking = false;
        onState(reply);
    });
}

void Follower::onState(const Http::Reply &reply)
{
    if (m_isOver) {
        return;
    }
    if (!reply.ok()) {
        onNoState(reply);
        return;
    }
    heard();
    if (outcomeOf(reply)) {
        onFinalState(reply);
    } else if (m_expectsResultEvent) {
        m_askTimer.start(inAnyCase);
    } else {
        askSoon();
    }
}

void Follower::onFinalState(const Http::Reply &reply)
{
    if (!m_expectsResultEvent) {
        end(reply);
        return;
    }
    QTimer::singleShot(eventGrace, this, [this, reply] { end(reply); });
}

void Follower::onNoState(const Http::Reply &reply)
{
    const QString runner = QStringLiteral("%1 (%2)").arg(m_runner.name, m_runner.url.toString());
    const QString hint = QStringLiteral("look at the workspace and the runner's history before you run it again");
    if (reply.status == 404) {
        giveUp(Error{ErrorCode::Unavailable,
                     QStringLiteral("%1 does not know run %2 any more: it was restarted").arg(runner, m_runId), hint});
        return;
    }
    const bool mayPass = reply.error || reply.status >= 500 || reply.status == 429;
    if (!mayPass) {
        giveUp(reply.failure());
        return;
    }
    if (m_silence.missed()) {
        giveUp(Error{ErrorCode::Unavailable,
                     QStringLiteral("%1 was lost during run %2: %3").arg(runner, m_runId, reply.failure().message),
                     hint});
        return;
    }
    if (!std::exchange(m_isSilent, true)) {
        Q_EMIT connectionLost(reply.failure().message);
    }
    askSoon();
}

void Follower::heard()
{
    m_silence.heard();
    if (std::exchange(m_isSilent, false)) {
        Q_EMIT connectionRestored();
    }
}

void Follower::end(const Http::Reply &reply)
{
    if (m_isOver) {
        return;
    }
    m_isOver = true;
    m_askTimer.stop();
    m_events.close();
    Q_EMIT ended(reply);
}

void Follower::giveUp(const Error &error)
{
    m_isOver = true;
    m_askTimer.stop();
    m_events.close();
    Q_EMIT lost(error);
}

} // namespace PatchPanel::Relay
