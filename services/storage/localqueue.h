#pragma once

#include "services/common/clock.h"
#include "services/storage/database.h"
#include "services/storage/queue.h"

#include <optional>

namespace PatchPanel::Storage {

// A queue for the workers of one machine: an SQLite file, `queue-NAME.sqlite`, that the processes of a user share. A
// job is on the disk before add() returns. Jobs of a process that has ended are given to another worker at once.
class LocalQueue : public Queue {
public:
    // The clock has to be one for all processes of the machine, and one that does not jump.
    explicit LocalQueue(const QueueSettings &settings, MonotonicClock clock = bootClock());

    Result<QList<QString>> add(const QList<QueuedJob> &jobs) override;
    Result<Turn> turn(const QList<Settlement> &settlements, int count) override;
    Result<QList<Delivery>> wait(int count, std::chrono::milliseconds time) override;
    Result<QList<QByteArray>> keep(const QList<QByteArray> &receipts) override;
    Result<QList<Delivery>> recover(int count) override;
    Result<QueueOverview> overview(int most) override;
    Result<JobState> find(const QString &id) override;
    Result<bool> revive(const QString &id) override;
    Result<bool> drop(const QString &id) override;

private:
    Result<const Database *> database();
    Result<void> inTransaction(const std::function<Result<void>(const Database &)> &work);
    Result<QString> addOne(const Database &database, const QueuedJob &job);
    Result<bool> settle(const Database &database, const Settlement &settlement);
    Result<QList<Delivery>> take(const Database &database, int count);
    Result<void> give(const Database &database, Delivery &delivery, qint64 place);
    Result<void> forgetOld(const Database &database);
    Result<bool> changeDead(const QString &id, const QString &sql, const QVariantList &values);
    qint64 nowMs() const; // of the clock

    const QueueSettings m_settings;
    const QString m_file;
    const MonotonicClock m_clock;
    const QString m_process; // the identity of this one
    std::optional<Database> m_database;
};

} // namespace PatchPanel::Storage
