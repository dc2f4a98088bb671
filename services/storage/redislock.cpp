#include "services/storage/redislock.h"

#include "services/common/ids.h"
#include "services/storage/processidentity.h"
#include "services/storage/workspacefence.h"

#include <QSysInfo>

#include <unistd.h>

namespace PatchPanel::Storage {

namespace {

constexpr int attempts = 10; // to get a number that the workspace has not seen
constexpr qsizetype workspaceIdLength = 16;

// The operating system's lock reaches as far as its kernel.
QByteArray thisBoot()
{
    return processIdentity(::getpid()).section(u'/', 0, 0).toLatin1();
}

QByteArray tokenOf(const QByteArray &reach)
{
    return reach + '/' + QByteArray::number(::getpid()) + '/' + randomHex(8);
}

QByteArray textOf(const QString &holder)
{
    return QStringLiteral("%1 (process %2 on %3, since %4)")
        .arg(holder)
        .arg(::getpid())
        .arg(QSysInfo::machineHostName(), isoTime(wallClockMs()))
        .toUtf8();
}

Error takenOver(const QString &how)
{
    return Error{ErrorCode::Busy, how, QStringLiteral("run the task again")};
}

} // namespace

// Releases in Redis first, then the other one.
class RedisLock::Hold : public LockHold {
public:
    Hold(RedisLock &lock, const QString &workspace, std::unique_ptr<LockHold> first, std::shared_ptr<Lease> lease)
        : m_lock(lock)
        , m_workspace(workspace)
        , m_first(std::move(first))
        , m_lease(std::move(lease))
    {
        m_lock.m_keeper.add(m_lease);
    }
    ~Hold() override
    {
        m_lease->whenEnding({});
        m_lock.m_keeper.remove(m_lease);
        const std::scoped_lock lock(m_lock.m_mutex);
        m_lease->release(m_lock.m_redis);
    }

    qint64 fence() const override { return m_lease->fence(); }

    // The lease first: until it is ours again, others may write their number.
    Result<void> check() override
    {
        if (m_lease->isRequired()) {
            if (Result<void> ours = m_lock.confirm(*m_lease); !ours) {
                return ours;
            }
        }
        const Result<qint64> highest = highestFence(m_workspace);
        if (!highest) {
            return highest.error();
        }
        return *highest <= fence()
            ? Result<void>{}
            : takenOver(QStringLiteral("its lock ran out, and another run took the workspace (number %1 after %2)")
                            .arg(*highest)
                            .arg(fence()));
    }

    void whenEnding(const std::function<void()> &ending) override
    {
        if (m_lease->isRequired()) {
            m_lease->whenEnding(ending);
        }
    }

private:
    RedisLock &m_lock;
    const QString m_workspace;
    std::unique_ptr<LockHold> m_first;
    std::shared_ptr<Lease> m_lease;
};

RedisLock::RedisLock(std::unique_ptr<Lock> first, Settings settings)
    : m_first(std::move(first))
    , m_settings(std::move(settings))
    , m_redis(m_settings.url, m_settings.timeouts)
    , m_keeper(m_settings.url, m_settings.timeouts)
{
}

bool RedisLock::isShared(const QString &workspace) const
{
    const SharedFolder &shared = m_settings.shared;
    return !shared.id.isEmpty() && (workspace == shared.path || workspace.startsWith(shared.path + u'/'));
}

QByteArray RedisLock::reach() const
{
    return m_settings.reach.isEmpty() ? thisBoot() : m_settings.reach;
}

std::shared_ptr<Lease> RedisLock::makeLease(const QString &workspace, const QString &holder) const
{
    const bool shared = isShared(workspace);
    const QByteArray name = shared
        ? "shared\n" + m_settings.shared.id.toUtf8() + workspace.mid(m_settings.shared.path.size()).toUtf8()
        : "machine " + QSysInfo::machineUniqueId() + '\n' + workspace.toUtf8();
    return std::make_shared<Lease>(LeaseKeys(sha256Hex(name).left(workspaceIdLength)), tokenOf(reach()), textOf(holder),
                                   shared ? Lease::Need::Required : Lease::Need::Optional, m_settings.times,
                                   m_settings.clock);
}

// A number that the workspace has seen was given twice, because the server forgot: the next one then.
Result<void> RedisLock::take(const QString &workspace, Lease &lease)
{
    const QByteArray gone = lease.isRequired() ? reach() + '/' : QByteArray("*");
    for (int attempt = 0; attempt < attempts; ++attempt) {
        const Result<qint64> floor = highestFence(workspace);
        if (!floor) {
            return floor.error();
        }
        {
            const std::scoped_lock lock(m_mutex);
            if (Result<void> acquired = lease.acquire(m_redis, *floor, gone); !acquired) {
                return acquired;
            }
        }
        const Result<bool> claimed = claimFence(workspace, lease.fence());
        if (claimed && *claimed) {
            return {};
        }
        const std::scoped_lock lock(m_mutex);
        lease.release(m_redis);
        if (!claimed) {
            return claimed.error();
        }
    }
    return Error{ErrorCode::Busy, QStringLiteral("others take the workspace all the time"),
                 QStringLiteral("try again later"), workspace};
}

// A lease that ran out while the process was paused, or the server away, is ours again if nobody had it since.
Result<void> RedisLock::confirm(Lease &lease)
{
    if (lease.state() == Lease::State::RunOut) {
        const std::scoped_lock lock(m_mutex);
        if (lease.extend(m_redis) == Lease::Answer::Unknown) {
            lease.giveUp();
        }
    }
    switch (lease.state()) {
    case Lease::State::Ours:
        return {};
    case Lease::State::Ending:
        return Error{ErrorCode::Unavailable,
                     QStringLiteral("its lock cannot be kept, because Redis at %1 does not answer")
                         .arg(m_settings.url.displayName()),
                     QStringLiteral("run the task again once Redis answers")};
    case Lease::State::RunOut:
    case Lease::State::Lost:
        break;
    }
    return takenOver(QStringLiteral("its lock ran out, and another run may have taken the workspace"));
}

Result<std::unique_ptr<LockHold>> RedisLock::acquire(const QString &workspace, const QString &holder, LockUse use)
{
    Result<std::unique_ptr<LockHold>> first = m_first->acquire(workspace, holder, use);
    const bool shared = isShared(workspace);
    if (!first || (use == LockUse::Upkeep && !shared)) {
        return first;
    }
    const std::shared_ptr<Lease> lease = makeLease(workspace, holder);
    if (const Result<void> taken = take(workspace, *lease); !taken) {
        if (!shared) {
            return first;
        }
        Error error = taken.error();
        if (error.code == ErrorCode::Unavailable) {
            error.code = ErrorCode::Busy;
            error.message = QStringLiteral("the shared workspace cannot be locked: %1").arg(error.message);
            error.hint = QStringLiteral("make sure that Redis can be reached, then run the task again");
        }
        error.where = workspace;
        return error;
    }
    return std::unique_ptr<LockHold>(std::make_unique<Hold>(*this, workspace, std::move(first).value(), lease));
}

} // namespace PatchPanel::Storage
