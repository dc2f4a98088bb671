#include "services/storage/redisqueue.h"

#include "services/common/clock.h"

#include <algorithm>

namespace PatchPanel::Storage {

namespace {

// What goes into one script at a time: the server does nothing else meanwhile.
constexpr qsizetype mostJobsAtOnce = 100;
constexpr qsizetype mostBytesAtOnce = 4 * 1024 * 1024;

QByteArray kindName(Settlement::Kind kind)
{
    switch (kind) {
    case Settlement::Kind::RunAgain:
        return "again";
    case Settlement::Kind::HandedBack:
        return "back";
    case Settlement::Kind::Dead:
        return "dead";
    case Settlement::Kind::Finished:
        break;
    }
    return "finished";
}

QByteArray receiptOf(const QByteArray &entry, qint64 deliveries)
{
    return entry + ' ' + QByteArray::number(deliveries);
}

// The entry and its number of deliveries.
QList<QByteArray> partsOf(const QByteArray &receipt)
{
    const qsizetype space = receipt.indexOf(' ');
    return {receipt.left(space), receipt.mid(space + 1)};
}

RedisReply elementOf(const RedisReply &reply, qsizetype index)
{
    return reply.elements.value(index);
}

// The fields of an entry in a stream, which tell what is known of the job.
JobState stateFrom(JobState::Kind kind, const RedisReply &fields)
{
    JobState state{.kind = kind};
    for (qsizetype i = 0; i + 1 < fields.elements.size(); i += 2) {
        const QByteArray &name = fields.elements[i].text;
        const QByteArray &value = fields.elements[i + 1].text;
        if (name == "id") {
            state.job.id = QString::fromUtf8(value);
        } else if (name == "request") {
            state.job.request = value;
        } else if (name == "signature") {
            state.job.signature = value;
        } else if (name == "key") {
            state.job.key = QString::fromUtf8(value);
        } else if (name == "workspace") {
            state.job.workspace = QString::fromUtf8(value);
        } else if (name == "task") {
            state.job.task = QString::fromUtf8(value);
        } else if (name == "added") {
            state.job.addedMs = value.toLongLong();
        } else if (name == "attempt") {
            state.job.attempt = value.toInt();
        } else if (name == "returns") {
            state.job.returns = value.toInt();
        } else if (name == "reason") {
            state.text = value;
        } else if (name == "worker") {
            state.worker = QString::fromUtf8(value);
        } else if (name == "deliveries") {
            state.deliveries = value.toInt();
        } else if (name == "died") {
            state.silentMs = std::max<qint64>(0, wallClockMs() - value.toLongLong());
        }
    }
    return state;
}

Delivery deliveryFrom(const RedisReply &entry, int deliveries)
{
    return {.job = stateFrom(JobState::Kind::Running, elementOf(entry, 1)).job,
            .receipt = receiptOf(elementOf(entry, 0).text, deliveries),
            .deliveries = deliveries};
}

QList<Delivery> firstDeliveries(const RedisReply &entries)
{
    QList<Delivery> deliveries;
    for (const RedisReply &entry : entries.elements) {
        deliveries.append(deliveryFrom(entry, 1));
    }
    return deliveries;
}

JobState runningFrom(const RedisReply &fields, const RedisReply &worker, const RedisReply &silent,
                     const RedisReply &deliveries)
{
    JobState state = stateFrom(JobState::Kind::Running, fields);
    state.worker = QString::fromUtf8(worker.text);
    state.silentMs = silent.integer;
    state.deliveries = static_cast<int>(deliveries.integer);
    return state;
}

} // namespace

RedisQueue::RedisQueue(const QueueSettings &settings, const RedisUrl &url, RedisTimeouts timeouts)
    : m_settings(settings)
    , m_worker(settings.worker.toUtf8())
    , m_redis(url, timeouts)
{
}

QByteArray RedisQueue::key(const char *name) const
{
    return "pp:{q:" + m_settings.name.toUtf8() + "}:" + name;
}

QByteArray RedisQueue::keptSeconds() const
{
    const auto seconds = std::chrono::ceil<std::chrono::seconds>(m_settings.kept).count();
    return QByteArray::number(std::max<qint64>(1, seconds));
}

Result<QList<QString>> RedisQueue::add(const QList<QueuedJob> &jobs)
{
    QList<QString> ids;
    QList<QueuedJob> some;
    qsizetype bytes = 0;
    for (qsizetype i = 0; i < jobs.size(); ++i) {
        some.append(jobs[i]);
        bytes += jobs[i].request.size();
        if (some.size() < mostJobsAtOnce && bytes < mostBytesAtOnce && i + 1 < jobs.size()) {
            continue;
        }
        const Result<QList<QString>> added = addSome(some);
        if (!added) {
            return added.error();
        }
        ids += *added;
        some.clear();
        bytes = 0;
    }
    return ids;
}

Result<QList<QString>> RedisQueue::addSome(const QList<QueuedJob> &jobs)
{
    QList<QByteArray> arguments{keptSeconds(), QByteArray::number(wallClockMs())};
    for (const QueuedJob &job : jobs) {
        arguments << job.id.toUtf8() << job.request << job.signature << job.key.toUtf8() << job.workspace.toUtf8()
                  << job.task.toUtf8();
    }
    const Result<RedisReply> reply =
        m_redis.evaluate(RedisScripts::queueAdd(), {key("jobs"), key("index"), key("result:"), key("key:")}, arguments);
    if (!reply) {
        return reply.error();
    }
    QList<QString> ids;
    for (const RedisReply &id : reply->elements) {
        ids.append(QString::fromUtf8(id.text));
    }
    return ids;
}

Result<Queue::Turn> RedisQueue::turn(const QList<Settlement> &settlements, int count)
{
    QList<QByteArray> arguments{m_worker, QByteArray::number(count), keptSeconds(), QByteArray::number(wallClockMs())};
    QHash<QByteArray, QByteArray> receipts; // by entry
    for (const Settlement &settlement : settlements) {
        const QList<QByteArray> parts = partsOf(settlement.receipt);
        receipts.insert(parts[0], settlement.receipt);
        arguments << kindName(settlement.kind) << parts << settlement.text;
    }
    const Result<RedisReply> reply = m_redis.evaluate(
        RedisScripts::queueTurn(), {key("jobs"), key("index"), key("dead"), key("result:")}, arguments);
    if (!reply) {
        return reply.error();
    }
    Turn turn{.taken = firstDeliveries(elementOf(*reply, 1))};
    for (const RedisReply &entry : elementOf(*reply, 0).elements) {
        turn.lost.append(receipts.value(entry.text));
    }
    return turn;
}

Result<QList<Delivery>> RedisQueue::wait(int count, std::chrono::milliseconds time)
{
    const auto read = [&] {
        return m_redis.command({"XREADGROUP", "GROUP", "runners", m_worker, "COUNT", QByteArray::number(count), "BLOCK",
                                QByteArray::number(std::max<qint64>(1, time.count())), "STREAMS", key("jobs"), ">"});
    };
    Result<RedisReply> reply = read();
    if (!reply && reply.error().details[QStringLiteral("reply")] == QLatin1String("NOGROUP")) {
        reply = m_redis.command({"XGROUP", "CREATE", key("jobs"), "runners", "0", "MKSTREAM"});
        if (reply || reply.error().details[QStringLiteral("reply")] == QLatin1String("BUSYGROUP")) {
            reply = read();
        }
    }
    if (!reply) {
        return reply.error();
    }
    return firstDeliveries(elementOf(elementOf(*reply, 0), 1));
}

Result<QList<QByteArray>> RedisQueue::keep(const QList<QByteArray> &receipts)
{
    QList<QByteArray> arguments{m_worker};
    QHash<QByteArray, QByteArray> byEntry;
    for (const QByteArray &receipt : receipts) {
        const QList<QByteArray> parts = partsOf(receipt);
        byEntry.insert(parts[0], receipt);
        arguments << parts;
    }
    const Result<RedisReply> reply = m_redis.evaluate(RedisScripts::queueKeep(), {key("jobs")}, arguments);
    if (!reply) {
        return reply.error();
    }
    QList<QByteArray> lost;
    for (const RedisReply &entry : reply->elements) {
        lost.append(byEntry.value(entry.text));
    }
    return lost;
}

Result<QList<Delivery>> RedisQueue::recover(int count)
{
    const Result<RedisReply> reply =
        m_redis.evaluate(RedisScripts::queueRecover(), {key("jobs"), key("index"), key("dead")},
                         {m_worker, QByteArray::number(count), QByteArray::number(qint64(m_settings.takeover.count())),
                          QByteArray::number(mostDeliveries), QByteArray::number(wallClockMs())});
    if (!reply) {
        return reply.error();
    }
    QList<Delivery> deliveries;
    for (const RedisReply &entry : reply->elements) {
        deliveries.append(deliveryFrom(entry, static_cast<int>(elementOf(entry, 2).integer)));
    }
    return deliveries;
}

Result<QueueOverview> RedisQueue::overview(int most)
{
    const Result<RedisReply> reply =
        m_redis.evaluate(RedisScripts::queueOverview(), {key("jobs"), key("dead")}, {QByteArray::number(most)});
    if (!reply) {
        return reply.error();
    }
    QueueOverview overview{.waiting = elementOf(*reply, 0).integer,
                           .running = elementOf(*reply, 1).integer,
                           .dead = elementOf(*reply, 2).integer};
    for (const RedisReply &entry : elementOf(*reply, 3).elements) {
        overview.jobs.append(stateFrom(JobState::Kind::Dead, elementOf(entry, 1)));
    }
    for (const RedisReply &entry : elementOf(*reply, 4).elements) {
        overview.jobs.append(
            runningFrom(elementOf(entry, 4), elementOf(entry, 1), elementOf(entry, 2), elementOf(entry, 3)));
    }
    for (const RedisReply &entry : elementOf(*reply, 5).elements) {
        overview.jobs.append(stateFrom(JobState::Kind::Waiting, elementOf(entry, 1)));
    }
    return overview;
}

Result<JobState> RedisQueue::find(const QString &id)
{
    const QByteArray name = id.toUtf8();
    const Result<RedisReply> reply = m_redis.evaluate(
        RedisScripts::queueFind(), {key("jobs"), key("index"), key("dead"), key("result:") + name}, {name});
    if (!reply) {
        return reply.error();
    }
    const QByteArray kind = elementOf(*reply, 0).text;
    if (kind == "waiting" || kind == "dead") {
        return stateFrom(kind == "dead" ? JobState::Kind::Dead : JobState::Kind::Waiting, elementOf(*reply, 1));
    }
    if (kind == "running") {
        return runningFrom(elementOf(*reply, 1), elementOf(*reply, 2), elementOf(*reply, 3), elementOf(*reply, 4));
    }
    JobState state{.kind = kind == "finished" ? JobState::Kind::Finished : JobState::Kind::Unknown,
                   .job = {.id = id},
                   .text = elementOf(*reply, 1).text};
    return state;
}

Result<bool> RedisQueue::endDeath(const QString &id, const QByteArray &how)
{
    const Result<RedisReply> reply = m_redis.evaluate(
        RedisScripts::queueRevive(), {key("jobs"), key("index"), key("dead"), key("key:")}, {id.toUtf8(), how});
    return reply ? Result(reply->integer == 1) : reply.error();
}

} // namespace PatchPanel::Storage
