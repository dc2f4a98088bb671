#pragma once

#include "services/common/result.h"

#include <QByteArray>
#include <QUrl>

#include <chrono>
#include <memory>
#include <optional>

namespace PatchPanel::Storage {

// Remembers results by key for a time. Any one thread at a time; calls block for at most two seconds.
// Unavailable when the store cannot be reached: a run goes on without it.
class Cache {
public:
    virtual ~Cache() = default;
    // The error that a call would give at once, without asking the store: whether making a key is worth its while.
    virtual Result<void> available() const = 0;
    // Absence is success without a value.
    virtual Result<std::optional<QByteArray>> get(const QByteArray &key) = 0;
    virtual Result<void> put(const QByteArray &key, const QByteArray &value, std::chrono::seconds lifetime) = 0;
};

// A RedisCache for a redis:// or redis+unix:// URL, a cache that is never available for an empty one. Usage for a URL
// that cannot be read; its password never appears in a message. Does not connect yet.
Result<std::unique_ptr<Cache>> makeCache(const QString &redisUrl);

} // namespace PatchPanel::Storage
