#include "services/http/client.h"
#include "services/http/networkrequest.h"
#include "services/http/sseparser.h"

#include <QNetworkAccessManager>
#include <QNetworkReply>
#include <QNetworkRequest>
#include <QPointer>
#include <QTimer>

#include <algorithm>
#include <utility>

namespace PatchPanel::Http {

namespace {

using std::chrono::milliseconds;

constexpr milliseconds firstDelay{100};
constexpr milliseconds longestDelay = std::chrono::seconds(3);
// A server that is well sends a comment every 10 s.
constexpr milliseconds longestSilence = std::chrono::seconds(35);

} // namespace

// A QNetworkAccessManager of its own, so that streams do not take the places of requests.
class EventSource::Private : public QObject {
public:
    Private(EventSource *source, QUrl url, ClientOptions options);
    void connectNow();
    void close();

private:
    void readOn();
    void finished();
    void lose(const Error &error);
    void refuse(const Error &error);
    bool isStream() const;
    void dropReply();

    EventSource *q;
    QUrl m_url;
    ClientOptions m_options;
    QNetworkAccessManager m_network;
    QPointer<QNetworkReply> m_reply;
    SseParser m_parser;
    QTimer m_retry;
    QTimer m_silence;
    milliseconds m_delay = firstDelay;
};

EventSource::Private::Private(EventSource *source, QUrl url, ClientOptions options)
    : q(source)
    , m_url(std::move(url))
    , m_options(std::move(options))
{
    configure(m_network, m_options);
    m_retry.setSingleShot(true);
    m_silence.setSingleShot(true);
    m_silence.setInterval(longestSilence);
    connect(&m_retry, &QTimer::timeout, this, &Private::connectNow);
    connect(&m_silence, &QTimer::timeout, this, [this] {
        lose(Error{ErrorCode::TimedOut, QStringLiteral("the event stream of %1 went silent").arg(m_url.authority())});
    });
    m_retry.start(milliseconds(0)); // the owner connects to the signals first
}

void EventSource::Private::connectNow()
{
    if (const auto refusal = plaintextRefusal(m_url, m_options)) {
        refuse(*refusal);
        return;
    }
    m_parser.restart();
    Headers headers{{"Accept", "text/event-stream"}, {"Accept-Encoding", "identity"}};
    if (const QByteArray last = m_parser.lastEventId(); !last.isEmpty()) {
        headers.append(Headers::value_type{"Last-Event-ID", last});
    }
    m_reply = m_network.get(networkRequest(m_url, m_options, headers));
    connect(m_reply, &QNetworkReply::readyRead, this, &Private::readOn);
    connect(m_reply, &QNetworkReply::finished, this, &Private::finished);
    m_silence.start();
}

bool EventSource::Private::isStream() const
{
    return statusOf(*m_reply) == 200
        && m_reply->header(QNetworkRequest::ContentTypeHeader)
               .toString()
               .startsWith(QLatin1String("text/event-stream"));
}

void EventSource::Private::readOn()
{
    m_silence.start();
    if (!isStream()) {
        return; // finished() reads the whole answer
    }
    const QPointer<QNetworkReply> reply = m_reply;
    const QList<ServerEvent> events = m_parser.feed(reply->readAll());
    const QPointer<Private> self = this; // a receiver may delete or close the source
    for (const ServerEvent &event : events) {
        if (!self || m_reply != reply) {
            return;
        }
        m_delay = firstDelay;
        Q_EMIT q->eventReceived(event.event, event.id, event.data);
    }
}

void EventSource::Private::finished()
{
    const auto error = transportError(*m_reply);
    if (error) {
        lose(*error);
        return;
    }
    if (isStream()) {
        lose(Error{ErrorCode::Unavailable, QStringLiteral("%1 ended the event stream").arg(m_url.authority())});
        return;
    }
    Reply reply = replyOf(*m_reply, true);
    if (reply.ok()) {
        refuse(Error{ErrorCode::Internal, QStringLiteral("%1 is no event stream").arg(m_url.path())});
    } else {
        refuse(reply.failure());
    }
}

void EventSource::Private::lose(const Error &error)
{
    dropReply();
    m_retry.start(m_delay);
    m_delay = std::min(m_delay * 2, longestDelay);
    Q_EMIT q->connectionLost(error);
}

void EventSource::Private::refuse(const Error &error)
{
    close();
    Q_EMIT q->refused(error);
}

void EventSource::Private::close()
{
    m_retry.stop();
    dropReply();
}

void EventSource::Private::dropReply()
{
    m_silence.stop();
    if (QNetworkReply *reply = std::exchange(m_reply, {})) {
        reply->disconnect(this);
        reply->abort();
        reply->deleteLater();
    }
}

EventSource::EventSource(Client &client, QUrl url, QObject *parent)
    : QObject(parent)
    , d(std::make_unique<Private>(this, std::move(url), client.m_options))
{
}

// A receiver may delete the source: the reply whose signal that is ends later.
EventSource::~EventSource()
{
    d->close();
    d.release()->deleteLater();
}

void EventSource::close()
{
    d->close();
}

} // namespace PatchPanel::Http
