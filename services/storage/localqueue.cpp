#include "services/storage/localqueue.h"

#include "services/common/privatefolder.h"
#include "services/storage/filelock.h"
#include "services/storage/processidentity.h"

#include <algorithm>
#include <array>
#include <thread>
#include <unistd.h>

namespace PatchPanel::Storage {

namespace {

constexpr std::chrono::milliseconds lookInterval(20);

// `place` is where a job stands in the queue: it is given a new one whenever it goes to the end.
// `heard_ms` is of the clock, the other times are since the epoch.
constexpr std::array<const char *, 3> migrations{
    "CREATE TABLE jobs ("
    " place INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, state TEXT NOT NULL, request BLOB NOT NULL,"
    " signature BLOB NOT NULL, key TEXT NOT NULL, workspace TEXT NOT NULL, task TEXT NOT NULL,"
    " added_ms INTEGER NOT NULL, attempt INTEGER NOT NULL, returns INTEGER NOT NULL, deliveries INTEGER NOT NULL,"
    " worker TEXT NOT NULL, process TEXT NOT NULL, heard_ms INTEGER NOT NULL, ended_ms INTEGER NOT NULL,"
    " text BLOB NOT NULL)",
    "CREATE INDEX jobs_by_state ON jobs (state, place)",
    "CREATE UNIQUE INDEX jobs_by_key ON jobs (key) WHERE key <> ''",
};

constexpr DatabaseSchema schema{
    .name = "queue",
    .hint = "Check the file, its folder and the space on its disk.",
    .migrations = migrations,
};

constexpr auto columns = "place, id, state, request, signature, key, workspace, task, added_ms, attempt, returns,"
                         " deliveries, worker, process, heard_ms, ended_ms, text";

// One row, in the order of `columns`.
struct Row {
    qint64 place = 0;
    JobState state = {};
    QString process = {};
    qint64 heardMs = 0;
    qint64 endedMs = 0;
};

JobState::Kind kindOf(const QString &name)
{
    using Kind = JobState::Kind;
    for (const Kind kind : {Kind::Waiting, Kind::Running, Kind::Finished, Kind::Dead}) {
        if (toString(kind) == name) {
            return kind;
        }
    }
    return Kind::Unknown;
}

Row rowOf(const QSqlQuery &query)
{
    Row row;
    row.place = query.value(0).toLongLong();
    row.state.job.id = query.value(1).toString();
    row.state.kind = kindOf(query.value(2).toString());
    row.state.job.request = query.value(3).toByteArray();
    row.state.job.signature = query.value(4).toByteArray();
    row.state.job.key = query.value(5).toString();
    row.state.job.workspace = query.value(6).toString();
    row.state.job.task = query.value(7).toString();
    row.state.job.addedMs = query.value(8).toLongLong();
    row.state.job.attempt = query.value(9).toInt();
    row.state.job.returns = query.value(10).toInt();
    row.state.deliveries = query.value(11).toInt();
    row.state.worker = query.value(12).toString();
    row.process = query.value(13).toString();
    row.heardMs = query.value(14).toLongLong();
    row.endedMs = query.value(15).toLongLong();
    row.state.text = query.value(16).toByteArray();
    return row;
}

Result<QList<Row>> rowsOf(const Database &database, const QString &condition, const QVariantList &values)
{
    QSqlQuery &query =
        database.query(QStringLiteral("SELECT %1 FROM jobs WHERE %2").arg(QLatin1String(columns), condition), values);
    QList<Row> rows;
    while (query.next()) {
        rows.append(rowOf(query));
    }
    return query.lastError().isValid() ? Result<QList<Row>>(database.errorOf(query)) : rows;
}

// A null one would be NULL.
QByteArray blob(const QByteArray &bytes)
{
    return bytes.isNull() ? QByteArray("") : bytes;
}

QByteArray receiptOf(qint64 place, int deliveries)
{
    return QByteArray::number(place) + ' ' + QByteArray::number(deliveries);
}

// The row whose delivery to that worker the receipt is of; absent when it is another's by now.
Result<std::optional<Row>> rowFor(const Database &database, const QByteArray &receipt, const QString &worker)
{
    const qsizetype space = receipt.indexOf(' ');
    const Result<QList<Row>> rows =
        rowsOf(database, QStringLiteral("place = ? AND deliveries = ? AND worker = ? AND state = 'running'"),
               {receipt.left(space).toLongLong(), receipt.mid(space + 1).toInt(), worker});
    if (!rows) {
        return rows.error();
    }
    return rows->isEmpty() ? std::optional<Row>() : std::optional(rows->first());
}

// `nowMs` is of the clock.
JobState stateOf(const Row &row, qint64 nowMs)
{
    JobState state = row.state;
    state.silentMs = state.kind == JobState::Kind::Dead ? wallClockMs() - row.endedMs
        : state.kind == JobState::Kind::Running         ? nowMs - row.heardMs
                                                        : 0;
    return state;
}

Delivery deliveryOf(const Row &row)
{
    return {.job = row.state.job, .receipt = {}, .deliveries = row.state.deliveries + 1};
}

} // namespace

LocalQueue::LocalQueue(const QueueSettings &settings, MonotonicClock clock)
    : m_settings(settings)
    , m_file(QStringLiteral("%1/queue-%2.sqlite").arg(settings.folder, settings.name))
    , m_clock(std::move(clock))
    , m_process(processIdentity(getpid()))
{
}

qint64 LocalQueue::nowMs() const
{
    return std::chrono::duration_cast<std::chrono::milliseconds>(m_clock().time_since_epoch()).count();
}

Result<const Database *> LocalQueue::database()
{
    if (!m_database) {
        makePrivateFolder(m_settings.folder); // what is wrong with it, the opening tells
        // Of several that make a new file at the same time, all but one would be told that it is in use.
        const FileLock lock(m_file + QStringLiteral(".lock"), FileLock::Mode::Exclusive);
        Result<Database> opened = Database::open(m_file, schema);
        if (!opened) {
            return opened.error();
        }
        m_database.emplace(std::move(opened).value());
    }
    return &*m_database;
}

Result<void> LocalQueue::inTransaction(const std::function<Result<void>(const Database &)> &work)
{
    const Result<const Database *> opened = database();
    return opened ? (*opened)->inTransaction([&] { return work(**opened); }) : opened.error();
}

// What has ended long ago, with its result and key.
Result<void> LocalQueue::forgetOld(const Database &database)
{
    return database.execute(QStringLiteral("DELETE FROM jobs WHERE state = 'finished' AND ended_ms < ?"),
                            {wallClockMs() - qint64(m_settings.kept.count())});
}

Result<QList<QString>> LocalQueue::add(const QList<QueuedJob> &jobs)
{
    QList<QString> ids;
    const Result<void> added = inTransaction([&](const Database &database) {
        Result<void> done = forgetOld(database);
        for (qsizetype i = 0; done && i < jobs.size(); ++i) {
            const Result<QString> id = addOne(database, jobs[i]);
            done = id ? Result<void>() : id.error();
            ids.append(id ? *id : QString());
        }
        return done;
    });
    return added ? Result(ids) : added.error();
}

Result<QString> LocalQueue::addOne(const Database &database, const QueuedJob &job)
{
    const Result<QList<Row>> known =
        rowsOf(database, QStringLiteral("id = ? OR (key = ? AND key <> '')"), {job.id, job.key});
    if (!known) {
        return known.error();
    }
    if (!known->isEmpty()) {
        return known->first().state.job.id;
    }
    const Result<void> added = database.execute(
        QStringLiteral("INSERT INTO jobs (id, state, request, signature, key, workspace, task, added_ms, attempt,"
                       " returns, deliveries, worker, process, heard_ms, ended_ms, text)"
                       " VALUES (?, 'waiting', ?, ?, ?, ?, ?, ?, ?, 0, 0, '', '', 0, 0, '')"),
        {job.id, blob(job.request), blob(job.signature), job.key, job.workspace, job.task, wallClockMs(), job.attempt});
    return added ? Result(job.id) : added.error();
}

// False when it is another's by now.
Result<bool> LocalQueue::settle(const Database &database, const Settlement &settlement)
{
    const Result<std::optional<Row>> row = rowFor(database, settlement.receipt, m_settings.worker);
    if (!row) {
        return row.error();
    }
    if (!*row) {
        return false;
    }
    using Kind = Settlement::Kind;
    Result<void> settled;
    if (settlement.kind == Kind::RunAgain || settlement.kind == Kind::HandedBack) {
        const bool isAgain = settlement.kind == Kind::RunAgain;
        settled = database.execute(
            QStringLiteral("UPDATE jobs SET state = 'waiting', deliveries = 0, worker = '', process = '',"
                           " attempt = attempt + ?, returns = returns + ?, place = (SELECT max(place) + 1 FROM jobs)"
                           " WHERE place = ?"),
            {isAgain ? 1 : 0, isAgain ? 0 : 1, (*row)->place});
    } else {
        const auto kind = settlement.kind == Kind::Dead ? JobState::Kind::Dead : JobState::Kind::Finished;
        settled = database.execute(QStringLiteral("UPDATE jobs SET state = ?, text = ?, ended_ms = ? WHERE place = ?"),
                                   {toString(kind), blob(settlement.text), wallClockMs(), (*row)->place});
    }
    return settled ? Result(true) : settled.error();
}

Result<void> LocalQueue::give(const Database &database, Delivery &delivery, qint64 place)
{
    delivery.receipt = receiptOf(place, delivery.deliveries);
    return database.execute(QStringLiteral("UPDATE jobs SET state = 'running', deliveries = ?, worker = ?, process = ?,"
                                           " heard_ms = ? WHERE place = ?"),
                            {delivery.deliveries, m_settings.worker, m_process, nowMs(), place});
}

Result<QList<Delivery>> LocalQueue::take(const Database &database, int count)
{
    const Result<QList<Row>> rows =
        rowsOf(database, QStringLiteral("state = 'waiting' ORDER BY place LIMIT ?"), {count});
    if (!rows) {
        return rows.error();
    }
    QList<Delivery> taken;
    for (const Row &row : *rows) {
        Delivery delivery = deliveryOf(row);
        if (const Result<void> given = give(database, delivery, row.place); !given) {
            return given.error();
        }
        taken.append(delivery);
    }
    return taken;
}

Result<Queue::Turn> LocalQueue::turn(const QList<Settlement> &settlements, int count)
{
    Turn turn;
    const Result<void> done = inTransaction([&](const Database &database) -> Result<void> {
        for (const Settlement &settlement : settlements) {
            const Result<bool> settled = settle(database, settlement);
            if (!settled) {
                return settled.error();
            }
            if (!*settled) {
                turn.lost.append(settlement.receipt);
            }
        }
        const Result<QList<Delivery>> taken = take(database, count);
        if (!taken) {
            return taken.error();
        }
        turn.taken = *taken;
        return {};
    });
    return done ? Result(turn) : done.error();
}

// Looks whether another connection has written before it looks for jobs, which costs less.
Result<QList<Delivery>> LocalQueue::wait(int count, std::chrono::milliseconds time)
{
    const auto deadline = std::chrono::steady_clock::now() + time;
    const Result<const Database *> opened = database();
    if (!opened) {
        return opened.error();
    }
    for (qint64 seen = -1;;) {
        QSqlQuery &version = (*opened)->query(QStringLiteral("PRAGMA data_version"));
        const qint64 found = version.next() ? version.value(0).toLongLong() : seen - 1;
        version.finish();
        if (found != seen) {
            seen = found;
            const auto waiting = rowsOf(**opened, QStringLiteral("state = 'waiting' ORDER BY place LIMIT ?"), {1});
            if (!waiting) {
                return waiting.error();
            }
            Result<Turn> turn = waiting->isEmpty() ? Result(Turn{}) : this->turn({}, count);
            if (!turn || !turn->taken.isEmpty()) {
                return turn ? Result(turn->taken) : turn.error();
            }
        }
        const auto now = std::chrono::steady_clock::now();
        if (now >= deadline) {
            return QList<Delivery>();
        }
        std::this_thread::sleep_for(
            std::min<std::chrono::nanoseconds>(lookInterval, std::chrono::nanoseconds(deadline - now)));
    }
}

Result<QList<QByteArray>> LocalQueue::keep(const QList<QByteArray> &receipts)
{
    QList<QByteArray> lost;
    const Result<void> kept = inTransaction([&](const Database &database) -> Result<void> {
        for (const QByteArray &receipt : receipts) {
            const Result<std::optional<Row>> row = rowFor(database, receipt, m_settings.worker);
            if (!row) {
                return row.error();
            }
            if (!*row) {
                lost.append(receipt);
                continue;
            }
            const Result<void> heard = database.execute(QStringLiteral("UPDATE jobs SET heard_ms = ? WHERE place = ?"),
                                                        {nowMs(), (*row)->place});
            if (!heard) {
                return heard;
            }
        }
        return {};
    });
    return kept ? Result(lost) : kept.error();
}

Result<QList<Delivery>> LocalQueue::recover(int count)
{
    QList<Delivery> taken;
    const Result<void> done = inTransaction([&](const Database &database) -> Result<void> {
        const Result<QList<Row>> running = rowsOf(database, QStringLiteral("state = 'running' ORDER BY place"), {});
        if (!running) {
            return running.error();
        }
        for (const Row &row : *running) {
            const bool isGone = !isAlive(row.process);
            if (!isGone && nowMs() - row.heardMs < qint64(m_settings.takeover.count())) {
                continue;
            }
            Result<void> changed;
            if (row.state.deliveries >= mostDeliveries) {
                const QString reason =
                    QStringLiteral("given to %1 workers, none of which finished it; the last one, %2, %3")
                        .arg(row.state.deliveries)
                        .arg(row.state.worker, isGone ? QStringLiteral("has ended") : QStringLiteral("fell silent"));
                changed = database.execute(
                    QStringLiteral("UPDATE jobs SET state = 'dead', text = ?, ended_ms = ? WHERE place = ?"),
                    {reason.toUtf8(), wallClockMs(), row.place});
            } else if (taken.size() < count) {
                Delivery delivery = deliveryOf(row);
                changed = give(database, delivery, row.place);
                taken.append(delivery);
            }
            if (!changed) {
                return changed;
            }
        }
        return {};
    });
    return done ? Result(taken) : done.error();
}

Result<QueueOverview> LocalQueue::overview(int most)
{
    const Result<const Database *> opened = database();
    if (!opened) {
        return opened.error();
    }
    QueueOverview overview;
    QSqlQuery &counts = (*opened)->query(QStringLiteral("SELECT state, count(*) FROM jobs GROUP BY state"));
    while (counts.next()) {
        const auto kind = kindOf(counts.value(0).toString());
        const qint64 count = counts.value(1).toLongLong();
        overview.waiting += kind == JobState::Kind::Waiting ? count : 0;
        overview.running += kind == JobState::Kind::Running ? count : 0;
        overview.dead += kind == JobState::Kind::Dead ? count : 0;
    }
    for (const auto kind : {JobState::Kind::Dead, JobState::Kind::Running, JobState::Kind::Waiting}) {
        const Result<QList<Row>> rows =
            rowsOf(**opened, QStringLiteral("state = ? ORDER BY place LIMIT ?"), {toString(kind), most});
        if (!rows) {
            return rows.error();
        }
        for (const Row &row : *rows) {
            overview.jobs.append(stateOf(row, nowMs()));
            overview.jobs.last().job.request.clear();
        }
    }
    return overview;
}

Result<JobState> LocalQueue::find(const QString &id)
{
    const Result<const Database *> opened = database();
    if (!opened) {
        return opened.error();
    }
    const Result<QList<Row>> rows = rowsOf(**opened, QStringLiteral("id = ?"), {id});
    if (!rows) {
        return rows.error();
    }
    return rows->isEmpty() ? JobState{.job = {.id = id}} : stateOf(rows->first(), nowMs());
}

Result<bool> LocalQueue::changeDead(const QString &id, const QString &sql, const QVariantList &values)
{
    bool changed = false;
    const Result<void> done = inTransaction([&](const Database &database) -> Result<void> {
        const Result<QList<Row>> rows = rowsOf(database, QStringLiteral("id = ? AND state = 'dead'"), {id});
        if (!rows) {
            return rows.error();
        }
        changed = !rows->isEmpty();
        return changed ? database.execute(sql, values) : Result<void>();
    });
    return done ? Result(changed) : done.error();
}

Result<bool> LocalQueue::revive(const QString &id)
{
    return changeDead(id,
                      QStringLiteral("UPDATE jobs SET state = 'waiting', deliveries = 0, returns = 0, worker = '',"
                                     " process = '', text = '', attempt = attempt + 1,"
                                     " place = (SELECT max(place) + 1 FROM jobs) WHERE id = ?"),
                      {id});
}

Result<bool> LocalQueue::drop(const QString &id)
{
    return changeDead(id, QStringLiteral("DELETE FROM jobs WHERE id = ?"), {id});
}

} // namespace PatchPanel::Storage
