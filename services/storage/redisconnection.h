#pragma once

#include "services/common/clock.h"
#include "services/common/result.h"
#include "services/storage/redisreply.h"
#include "services/storage/redisscript.h"
#include "services/storage/redisurl.h"

#include <chrono>
#include <memory>

namespace PatchPanel::Storage {

struct RedisTimeouts {
    std::chrono::milliseconds connect = std::chrono::milliseconds(500);
    std::chrono::milliseconds command = std::chrono::seconds(2); // of a whole call, with connecting and logging in
};

// One connection to a Redis server, made when the first command needs it and thrown away after any error of transport
// or protocol. Behind a circuit breaker: while a server is known to be dead, calls fail at once. Any one thread at a
// time. The process must ignore SIGPIPE. Commands that block need a connection of their own, whose time-out is longer
// than they may block.
class RedisConnection {
public:
    explicit RedisConnection(RedisUrl url, RedisTimeouts timeouts = {}, MonotonicClock clock = steadyClock());
    ~RedisConnection();
    RedisConnection(const RedisConnection &) = delete;
    RedisConnection &operator=(const RedisConnection &) = delete;

    // The error of the circuit breaker while it lets no command through.
    Result<void> available() const;
    // Sends one command and waits for its reply: the only way to the server. Unavailable when there is no reply or the
    // reply is an error, whose first word is details["reply"]; the message names the server, never its password.
    Result<RedisReply> command(const QList<QByteArray> &arguments);
    // Carries out a script, which is sent only where the server does not know it yet.
    Result<RedisReply> evaluate(const RedisScript &script, const QList<QByteArray> &keys,
                                const QList<QByteArray> &arguments);

private:
    class Private;
    std::unique_ptr<Private> d;
};

} // namespace PatchPanel::Storage
