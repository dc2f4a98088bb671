#pragma once

#include "services/storage/queue.h"
#include "services/storage/redisconnection.h"

namespace PatchPanel::Storage {

// A queue in Redis 6.2 or later, or Valkey, for workers on any number of machines. Every key begins with `pp:{q:NAME}:`
// and so lies in one slot of a cluster: the jobs that wait and are worked on are a stream with the consumer group
// `runners`, the dead ones another; the idle time of an entry tells how long its worker has been silent.
class RedisQueue : public Queue {
public:
    RedisQueue(const QueueSettings &settings, const RedisUrl &url, RedisTimeouts timeouts = {});

    Result<QList<QString>> add(const QList<QueuedJob> &jobs) override;
    Result<Turn> turn(const QList<Settlement> &settlements, int count) override;
    Result<QList<Delivery>> wait(int count, std::chrono::milliseconds time) override;
    Result<QList<QByteArray>> keep(const QList<QByteArray> &receipts) override;
    Result<QList<Delivery>> recover(int count) override;
    Result<QueueOverview> overview(int most) override;
    Result<JobState> find(const QString &id) override;
    Result<bool> revive(const QString &id) override { return endDeath(id, "revive"); }
    Result<bool> drop(const QString &id) override { return endDeath(id, "drop"); }

private:
    Result<bool> endDeath(const QString &id, const QByteArray &how);
    Result<QList<QString>> addSome(const QList<QueuedJob> &jobs);
    QByteArray key(const char *name) const;
    QByteArray keptSeconds() const;

    const QueueSettings m_settings;
    const QByteArray m_worker;
    RedisConnection m_redis;
};

} // namespace PatchPanel::Storage
