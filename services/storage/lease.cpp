#include "services/storage/lease.h"

#include <utility>

namespace PatchPanel::Storage {

namespace {

using std::chrono::milliseconds;

constexpr int driftDivisor = 100; // clocks of two machines differ by less than 1 %
constexpr milliseconds expiryGrain{2}; // of the server
constexpr int leastShare = 3; // of the lifetime, for taking back what was written

QByteArray numberOf(milliseconds time)
{
    return QByteArray::number(static_cast<qint64>(time.count()));
}

} // namespace

LeaseKeys::LeaseKeys(const QByteArray &workspaceId)
    : lock("pp:{" + workspaceId + "}:lock")
    , fence("pp:{" + workspaceId + "}:fence")
    , holder("pp:{" + workspaceId + "}:holder")
{
}

Lease::Lease(LeaseKeys keys, QByteArray token, QByteArray holder, Need need, LeaseTimes times, MonotonicClock clock)
    : m_keys(std::move(keys))
    , m_token(std::move(token))
    , m_holder(std::move(holder))
    , m_need(need)
    , m_times(times)
    , m_clock(std::move(clock))
{
}

Result<void> Lease::acquire(RedisConnection &redis, qint64 floor, const QByteArray &gone)
{
    const auto asked = m_clock();
    const Result<RedisReply> reply =
        redis.evaluate(RedisScripts::acquireLock(), {m_keys.lock, m_keys.fence, m_keys.holder},
                       {m_token, numberOf(m_times.lifetime), QByteArray::number(floor), m_holder, gone});
    if (!reply) {
        return reply.error();
    }
    const QList<RedisReply> answer = reply->elements + QList<RedisReply>(3);
    if (answer[0].integer <= 0) {
        const QString holder = QString::fromUtf8(answer[2].text).simplified();
        return Error{ErrorCode::Busy,
                     QStringLiteral("the workspace is in use by %1")
                         .arg(holder.isEmpty() ? QStringLiteral("another run") : holder),
                     QStringLiteral("wait until it ends, or cancel it"),
                     {},
                     {{QStringLiteral("holder"), holder}, {QStringLiteral("waitMs"), answer[1].integer}}};
    }
    m_fence = answer[0].integer;
    const std::scoped_lock lock(m_mutex);
    m_validUntil = asked + m_times.lifetime - m_times.lifetime / driftDivisor - expiryGrain;
    return {};
}

Lease::Answer Lease::extend(RedisConnection &redis)
{
    const auto asked = m_clock();
    const Result<RedisReply> reply =
        redis.evaluate(RedisScripts::extendLock(), {m_keys.lock, m_keys.fence, m_keys.holder},
                       {m_token, numberOf(m_times.lifetime), QByteArray::number(m_fence), m_holder});
    const std::scoped_lock lock(m_mutex);
    if (!reply) {
        endIfUnkept(lock);
        return Answer::Unknown;
    }
    if (reply->integer != 1) {
        m_lost = true;
        tellEnding(lock);
        return Answer::Lost;
    }
    m_validUntil = asked + m_times.lifetime - m_times.lifetime / driftDivisor - expiryGrain;
    return Answer::Kept;
}

void Lease::release(RedisConnection &redis)
{
    // Unanswered, it runs out by itself.
    [[maybe_unused]] const Result<RedisReply> reply = redis.evaluate(
        RedisScripts::releaseLock(), {m_keys.lock, m_keys.holder}, {m_token, QByteArray::number(m_fence)});
}

void Lease::giveUp()
{
    const std::scoped_lock lock(m_mutex);
    m_lost = true;
    tellEnding(lock);
}

void Lease::whenEnding(const std::function<void()> &ending)
{
    const std::scoped_lock lock(m_mutex);
    m_whenEnding = ending;
    if (m_whenEnding && m_ending) {
        std::exchange(m_whenEnding, {})();
    }
}

// While there is time to take back what was written.
void Lease::endIfUnkept(const std::scoped_lock<std::mutex> &held)
{
    if (m_validUntil - m_clock() < m_times.lifetime / leastShare) {
        tellEnding(held);
    }
}

void Lease::tellEnding(const std::scoped_lock<std::mutex> &)
{
    m_ending = true;
    if (m_whenEnding) {
        std::exchange(m_whenEnding, {})();
    }
}

Lease::State Lease::state() const
{
    const std::scoped_lock lock(m_mutex);
    if (m_lost) {
        return State::Lost;
    }
    if (m_clock() >= m_validUntil) {
        return State::RunOut;
    }
    return m_ending ? State::Ending : State::Ours;
}

} // namespace PatchPanel::Storage
