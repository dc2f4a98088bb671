// The only file that includes hiredis. It uses what 0.14 and 1.2 have in common: the non-blocking context, driven by
// poll(2), so that one deadline bounds a whole call however slowly the server trickles.
#include "services/storage/redisconnection.h"

#include "services/storage/circuitbreaker.h"
#include "services/storage/hostlookup.h"

#include <hiredis/hiredis.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <poll.h>
#include <sys/socket.h>
#include <vector>

namespace PatchPanel::Storage {

namespace {

using TimePoint = std::chrono::steady_clock::time_point;
using std::chrono::milliseconds;

struct FreeContext {
    void operator()(redisContext *context) const { redisFree(context); }
};
struct FreeReply {
    void operator()(redisReply *reply) const { freeReplyObject(reply); }
};
using Context = std::unique_ptr<redisContext, FreeContext>;
using Reply = std::unique_ptr<redisReply, FreeReply>;

Error failure(const QString &message)
{
    return Error{ErrorCode::Unavailable, message};
}

const QString replyKey = QStringLiteral("reply");

// What the server answered instead of doing it.
Error refusal(const redisReply &reply)
{
    const QString text = QString::fromUtf8(reply.str);
    Error error = failure(text);
    error.details.insert(replyKey, text.section(QLatin1Char(' '), 0, 0));
    return error;
}

QString errnoText(int number)
{
    return QString::fromLocal8Bit(std::strerror(number));
}

milliseconds remaining(TimePoint deadline)
{
    return std::max(milliseconds::zero(), std::chrono::ceil<milliseconds>(deadline - std::chrono::steady_clock::now()));
}

Result<void> waitFor(int descriptor, short events, TimePoint deadline)
{
    for (;;) {
        pollfd poller{descriptor, events, 0};
        const int ready = poll(&poller, 1, static_cast<int>(remaining(deadline).count()));
        if (ready > 0) {
            return {};
        }
        if (ready == 0) {
            return failure(QStringLiteral("no answer in time"));
        }
        if (errno != EINTR) {
            return failure(errnoText(errno));
        }
    }
}

Result<void> checkContext(const redisContext *context)
{
    if (!context) {
        return failure(QStringLiteral("out of memory"));
    }
    return context->err ? Result<void>(failure(QString::fromLocal8Bit(context->errstr))) : Result<void>{};
}

Result<Context> finishConnecting(redisContext *made, TimePoint deadline)
{
    Context context(made);
    if (Result<void> started = checkContext(context.get()); !started) {
        return started.error();
    }
    if (Result<void> ready = waitFor(context->fd, POLLOUT, deadline); !ready) {
        return ready.error();
    }
    int problem = 0;
    socklen_t size = sizeof problem;
    if (getsockopt(context->fd, SOL_SOCKET, SO_ERROR, &problem, &size) != 0 || problem != 0) {
        return failure(errnoText(problem != 0 ? problem : errno));
    }
    return context;
}

Result<Context> connectTo(const RedisUrl &url, milliseconds timeout)
{
    const TimePoint deadline = std::chrono::steady_clock::now() + timeout;
    if (!url.socketPath.isEmpty()) {
        return finishConnecting(redisConnectUnixNonBlock(url.socketPath.toLocal8Bit().constData()), deadline);
    }
    const Result<QList<QByteArray>> addresses = lookUpHost(url.host, timeout);
    if (!addresses) {
        return addresses.error();
    }
    Result<Context> context = failure(QStringLiteral("it has no address"));
    for (const QByteArray &address : *addresses) {
        context = finishConnecting(redisConnectNonBlock(address.constData(), url.port), deadline);
        if (context) {
            break;
        }
    }
    return context;
}

Result<Reply> readReply(redisContext *context, TimePoint deadline)
{
    for (;;) {
        void *reply = nullptr;
        if (redisGetReplyFromReader(context, &reply) != REDIS_OK) {
            return failure(QString::fromLocal8Bit(context->errstr));
        }
        if (reply) {
            return Reply(static_cast<redisReply *>(reply));
        }
        if (Result<void> ready = waitFor(context->fd, POLLIN, deadline); !ready) {
            return ready.error();
        }
        if (redisBufferRead(context) != REDIS_OK) {
            return failure(QString::fromLocal8Bit(context->errstr));
        }
    }
}

Result<Reply> exchange(redisContext *context, const QList<QByteArray> &arguments, TimePoint deadline)
{
    std::vector<const char *> texts;
    std::vector<size_t> sizes;
    for (const QByteArray &argument : arguments) {
        texts.push_back(argument.constData());
        sizes.push_back(static_cast<size_t>(argument.size()));
    }
    if (redisAppendCommandArgv(context, static_cast<int>(texts.size()), texts.data(), sizes.data()) != REDIS_OK) {
        return failure(QString::fromLocal8Bit(context->errstr));
    }
    for (int done = 0; !done;) {
        if (Result<void> ready = waitFor(context->fd, POLLOUT, deadline); !ready) {
            return ready.error();
        }
        if (redisBufferWrite(context, &done) != REDIS_OK) {
            return failure(QString::fromLocal8Bit(context->errstr));
        }
    }
    return readReply(context, deadline);
}

// A server that restarted or an idle time-out closed the connection, which is no failure of the next command.
bool isClosedByServer(const redisContext *context)
{
    pollfd poller{context->fd, POLLIN, 0};
    return poll(&poller, 1, 0) != 0;
}

RedisReply toValue(const redisReply &reply)
{
    switch (reply.type) {
    case REDIS_REPLY_STATUS:
    case REDIS_REPLY_STRING:
        return {RedisReply::Kind::Text, QByteArray(reply.str, static_cast<qsizetype>(reply.len)), 0, {}};
    case REDIS_REPLY_INTEGER:
        return {RedisReply::Kind::Integer, {}, reply.integer, {}};
    case REDIS_REPLY_ARRAY: {
        RedisReply array{RedisReply::Kind::Array, {}, 0, {}};
        for (size_t i = 0; i < reply.elements; ++i) {
            array.elements.append(toValue(*reply.element[i]));
        }
        return array;
    }
    default:
        return {};
    }
}

} // namespace

class RedisConnection::Private {
public:
    Private(RedisUrl address, RedisTimeouts limits, MonotonicClock clock)
        : url(std::move(address))
        , timeouts(limits)
        , breaker(std::move(clock))
    {
    }

    Result<void> ensureConnected(TimePoint deadline);
    Result<Context> logIn(Context context, TimePoint deadline) const;
    Error named(const Error &error) const;

    RedisUrl url;
    RedisTimeouts timeouts;
    CircuitBreaker breaker;
    Context context;
};

Error RedisConnection::Private::named(const Error &error) const
{
    Error result = error;
    result.message = QStringLiteral("Redis at %1: %2").arg(url.displayName(), error.message);
    return result;
}

// Names only the first word of a refusal: some servers quote the arguments of a command that they do not know.
Result<Context> RedisConnection::Private::logIn(Context fresh, TimePoint deadline) const
{
    QList<QList<QByteArray>> commands;
    if (!url.password.isEmpty()) {
        QList<QByteArray> auth{"AUTH"};
        if (!url.user.isEmpty()) {
            auth.append(url.user);
        }
        commands.append(auth << url.password);
    }
    if (url.database != 0) {
        commands.append({"SELECT", QByteArray::number(url.database)});
    }
    for (const QList<QByteArray> &arguments : std::as_const(commands)) {
        const Result<Reply> reply = exchange(fresh.get(), arguments, deadline);
        if (!reply) {
            return reply.error();
        }
        if ((*reply)->type == REDIS_REPLY_ERROR) {
            return failure(QStringLiteral("%1 was refused (%2)")
                               .arg(QString::fromLatin1(arguments.first()),
                                    QString::fromUtf8((*reply)->str).section(QLatin1Char(' '), 0, 0)));
        }
    }
    return fresh;
}

Result<void> RedisConnection::Private::ensureConnected(TimePoint deadline)
{
    if (context && isClosedByServer(context.get())) {
        context.reset();
    }
    if (context) {
        return {};
    }
    Result<Context> fresh = connectTo(url, std::min(timeouts.connect, remaining(deadline)));
    if (fresh) {
        fresh = logIn(std::move(fresh).value(), deadline);
    }
    if (!fresh) {
        return fresh.error();
    }
    context = std::move(fresh).value();
    return {};
}

RedisConnection::RedisConnection(RedisUrl url, RedisTimeouts timeouts, MonotonicClock clock)
    : d(std::make_unique<Private>(std::move(url), timeouts, std::move(clock)))
{
}

RedisConnection::~RedisConnection() = default;

Result<void> RedisConnection::available() const
{
    if (const milliseconds wait = d->breaker.retryIn(); wait > milliseconds::zero()) {
        return d->named(failure(QStringLiteral("it failed before and is tried again in %1 ms").arg(wait.count())));
    }
    return {};
}

Result<RedisReply> RedisConnection::command(const QList<QByteArray> &arguments)
{
    if (const Result<void> tried = available(); !tried) {
        return tried.error();
    }
    const TimePoint begun = std::chrono::steady_clock::now();
    const TimePoint deadline = begun + d->timeouts.command;
    const Result<void> connected = d->ensureConnected(deadline);
    const Result<Reply> reply = connected ? exchange(d->context.get(), arguments, deadline) : connected.error();
    if (!reply) {
        d->context.reset();
        d->breaker.failed(std::chrono::ceil<milliseconds>(std::chrono::steady_clock::now() - begun));
        return d->named(reply.error());
    }
    d->breaker.succeeded();
    if ((*reply)->type == REDIS_REPLY_ERROR) {
        const Error error = refusal(**reply);
        if (error.details[replyKey] == QLatin1String("READONLY")) {
            d->context.reset(); // a replica: the next connection may lead to the primary
        }
        return d->named(error);
    }
    return toValue(**reply);
}

Result<RedisReply> RedisConnection::evaluate(const RedisScript &script, const QList<QByteArray> &keys,
                                             const QList<QByteArray> &arguments)
{
    QList<QByteArray> call{"EVALSHA", script.sha1, QByteArray::number(keys.size())};
    call << keys << arguments;
    Result<RedisReply> reply = command(call);
    if (reply || reply.error().details[replyKey] != QLatin1String("NOSCRIPT")) {
        return reply;
    }
    call[0] = "EVAL";
    call[1] = script.text;
    return command(call);
}

} // namespace PatchPanel::Storage
