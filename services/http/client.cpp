#include "services/http/client.h"

#include "services/common/json.h"
#include "services/http/networkrequest.h"

#include <QNetworkAccessManager>
#include <QNetworkReply>
#include <QNetworkRequest>
#include <QPointer>
#include <QTimer>

#include <algorithm>
#include <utility>

namespace PatchPanel::Http {

namespace {

constexpr int requestsPerLane = 6; // what QNetworkAccessManager sends to one host at a time
constexpr qsizetype longestMessage = 500;

ErrorCode codeOfStatus(int status)
{
    constexpr ErrorCode codes[] = {ErrorCode::BadRequest,
                                   ErrorCode::Unauthorized,
                                   ErrorCode::Forbidden,
                                   ErrorCode::NotFound,
                                   ErrorCode::MethodNotAllowed,
                                   ErrorCode::RequestTimeout,
                                   ErrorCode::Busy,
                                   ErrorCode::PayloadTooLarge,
                                   ErrorCode::UnsupportedMediaType,
                                   ErrorCode::TooManyRequests,
                                   ErrorCode::HeadersTooLarge,
                                   ErrorCode::Unavailable,
                                   ErrorCode::TimedOut};
    const auto found = std::find_if(std::begin(codes), std::end(codes),
                                    [status](ErrorCode code) { return traitsOf(code).httpStatus == status; });
    return found == std::end(codes) ? ErrorCode::Internal : *found;
}

// The body of a request that must not be sent a second time: QNetworkAccessManager repeats a request whose connection
// was lost before the answer, whatever its method, but not when it cannot rewind the body.
class OneShotBody : public QIODevice {
public:
    explicit OneShotBody(QByteArray bytes)
        : m_bytes(std::move(bytes))
    {
        open(QIODevice::ReadOnly);
    }

    bool isSequential() const override { return true; }
    qint64 bytesAvailable() const override { return QIODevice::bytesAvailable() + m_bytes.size() - m_position; }
    bool atEnd() const override { return bytesAvailable() == 0; }
    bool seek(qint64) override { return false; }

protected:
    qint64 readData(char *data, qint64 maxSize) override
    {
        const qint64 size = std::min<qint64>(maxSize, m_bytes.size() - m_position);
        std::copy_n(m_bytes.constData() + m_position, size, data);
        m_position += size;
        return size;
    }

    qint64 writeData(const char *, qint64) override { return -1; }

private:
    QByteArray m_bytes;
    qsizetype m_position = 0;
};

QNetworkReply *sendOnce(QNetworkAccessManager &network, QNetworkRequest &request, const QByteArray &verb,
                        const QByteArray &body)
{
    auto *device = new OneShotBody(body);
    request.setAttribute(QNetworkRequest::DoNotBufferUploadDataAttribute, true);
    request.setHeader(QNetworkRequest::ContentLengthHeader, body.size());
    QNetworkReply *reply = network.sendCustomRequest(request, verb, device);
    device->setParent(reply);
    return reply;
}

QNetworkReply *start(QNetworkAccessManager &network, QNetworkRequest &request, Method method, const QByteArray &body)
{
    switch (method) {
    case Method::Get:
        return network.get(request);
    case Method::Head:
        return network.head(request);
    case Method::Put:
        return network.put(request, body);
    case Method::Post:
    case Method::Patch:
        return sendOnce(network, request, methodName(method), body);
    case Method::Delete:
    case Method::Options:
    case Method::Other:
        break;
    }
    return network.sendCustomRequest(request, methodName(method), body);
}

} // namespace

Error Reply::failure() const
{
    if (error) {
        return *error;
    }
    if (headerValue(headers, "content-type").startsWith("application/problem+json")) {
        if (const auto problem = parseJsonObject(body)) {
            return Error::fromJson(*problem);
        }
    }
    QString message = QStringLiteral("the server answered with status %1").arg(status);
    if (const QByteArray text = body.first(std::min(body.size(), longestMessage)).trimmed(); !text.isEmpty()) {
        message += QStringLiteral(": ") + QString::fromUtf8(text);
    }
    return Error{codeOfStatus(status), message};
}

Result<QJsonObject> Reply::json() const
{
    if (!ok()) {
        return failure();
    }
    return parseJsonObject(body);
}

struct Client::Lane {
    QNetworkAccessManager network;
    int inFlight = 0;
};

// One request on its way; a child of its client, so that it ends with it.
class Client::Call : public QObject {
public:
    Call(Lane &lane, QNetworkReply *reply, QObject *context, std::function<void(const Reply &)> done, Client *parent)
        : QObject(parent)
        , m_lane(lane)
        , m_reply(reply)
        , m_context(context)
        , m_done(std::move(done))
    {
        ++m_lane.inFlight;
        m_reply->setParent(this);
        connect(m_reply, &QNetworkReply::requestSent, this, [this] { m_sent = true; });
        // Queued: the callback may delete the client, and with it the reply, which must not happen in the reply's
        // signal.
        connect(
            m_reply, &QNetworkReply::finished, this, [this] { finish(replyOf(*m_reply, m_sent)); },
            Qt::QueuedConnection);
        connect(context, &QObject::destroyed, this, [this] { drop(); });
    }

    ~Call() override { --m_lane.inFlight; }

    void limitTo(std::chrono::milliseconds timeout)
    {
        QTimer::singleShot(timeout, this, [this, timeout] {
            Reply reply;
            // Not neverSent, though it may be: the last byte may be leaving just now, on the thread of the network.
            reply.error = Error{
                ErrorCode::TimedOut,
                QStringLiteral("%1 did not answer within %2 ms").arg(m_reply->url().authority()).arg(timeout.count())};
            finish(reply);
        });
    }

private:
    void finish(const Reply &reply)
    {
        drop();
        const QPointer<QObject> context = std::exchange(m_context, {});
        if (const auto done = std::exchange(m_done, {}); done && context) {
            done(reply);
        }
    }

    void drop()
    {
        m_reply->disconnect(this);
        m_reply->abort();
        deleteLater();
    }

    Lane &m_lane;
    QNetworkReply *m_reply;
    QPointer<QObject> m_context;
    std::function<void(const Reply &)> m_done;
    bool m_sent = false;
};

Client::Client(ClientOptions options, QObject *parent)
    : QObject(parent)
    , m_options(std::move(options))
{
}

Client::~Client()
{
    const QObjectList calls = children(); // they refer to the lanes
    qDeleteAll(calls);
}

void Client::send(const ClientRequest &request, QObject *context, std::function<void(const Reply &)> done)
{
    if (auto refusal = plaintextRefusal(request.url, m_options)) {
        Reply reply;
        reply.error = std::move(refusal);
        reply.neverSent = true;
        const QPointer<QObject> guard = context;
        QMetaObject::invokeMethod(
            this,
            [guard, reply, done = std::move(done)] {
                if (guard) {
                    done(reply);
                }
            },
            Qt::QueuedConnection);
        return;
    }
    QNetworkRequest networkRequest = Http::networkRequest(request.url, m_options, request.headers);
    const bool mayHaveBody = request.method == Method::Post || request.method == Method::Put;
    if (mayHaveBody || !request.body.isEmpty()) {
        networkRequest.setHeader(QNetworkRequest::ContentTypeHeader, QByteArray("application/json"));
    }
    Lane &lane = freeLane();
    QNetworkReply *reply = start(lane.network, networkRequest, request.method, request.body);
    auto *call = new Call(lane, reply, context, std::move(done), this);
    call->limitTo(request.timeout);
}

Client::Lane &Client::freeLane()
{
    const auto found =
        std::find_if(m_lanes.begin(), m_lanes.end(), [](const auto &lane) { return lane->inFlight < requestsPerLane; });
    if (found != m_lanes.end()) {
        return **found;
    }
    m_lanes.push_back(std::make_unique<Lane>());
    configure(m_lanes.back()->network, m_options);
    return *m_lanes.back();
}

} // namespace PatchPanel::Http
