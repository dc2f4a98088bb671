#pragma once

#include "services/common/result.h"

#include <QByteArray>
#include <QList>
#include <QString>

#include <chrono>
#include <memory>
#include <optional>

namespace PatchPanel::Storage {

// A run that somebody wants, for whichever worker takes it. A value.
struct QueuedJob {
    QString id = {}; // also of its run; see runId()
    QByteArray request = {}; // the body of POST /run-patch
    QByteArray signature = {}; // see Runner::jobSignature(); the queue does not look at it
    QString key = {}; // the submitter's: a second job with it is not added; empty: none
    QString workspace = {}; // for lists, like the next one
    QString task = {};
    qint64 addedMs = 0; // since the epoch
    int attempt = 0; // how often it was put back to be run anew
    int returns = 0; // how often a worker handed it back untouched

    // Each attempt is a run of its own.
    QString runId(int ofAttempt) const;
    QString runId() const { return runId(attempt); }
};

// A job in the hands of the worker that took it.
struct Delivery {
    QueuedJob job = {};
    QByteArray receipt = {}; // proves to the queue that it is this worker's
    int deliveries = 1; // how often it was given out, to whomever
};

// What became of a delivery.
struct Settlement {
    enum class Kind {
        Finished, // `text` is the result
        RunAgain, // it goes to the end of the queue, as the next attempt
        HandedBack, // untouched: it goes to the end of the queue
        Dead, // nobody takes it until a person says so; `text` is the reason
    };
    Kind kind = Kind::Finished;
    QByteArray receipt = {};
    QByteArray text = {};
};

// What is known of a job.
struct JobState {
    enum class Kind { Unknown, Waiting, Running, Finished, Dead };
    Kind kind = Kind::Unknown;
    QueuedJob job = {}; // only its id when it is Unknown or Finished
    QString worker = {}; // that has it, or had it last
    int deliveries = 0;
    qint64 silentMs = 0; // since the worker was last heard of; of a dead one: since it died
    QByteArray text = {}; // as in Settlement
};

QString toString(JobState::Kind kind);

struct QueueOverview {
    qint64 waiting = 0;
    qint64 running = 0;
    qint64 dead = 0;
    QList<JobState> jobs = {}; // the dead ones, the running ones, those that wait next: some of each
};

struct QueueSettings {
    QString redisUrl = {}; // empty: a file in `folder`
    QString folder = {}; // of what is kept on this machine
    QString name = QStringLiteral("default"); // see isQueueName()
    QString worker = {}; // who takes jobs here; no two at the same time are called the same
    std::chrono::milliseconds takeover = std::chrono::seconds(60); // a worker that is silent for so long loses its jobs
    std::chrono::milliseconds kept = std::chrono::hours(24); // results and keys
};

inline constexpr int mostDeliveries = 3;

// Jobs for several workers, each taken by one of them, in the order in which they were added. A worker that falls
// silent loses its jobs to another one, so what a job does has to be safe against that: the workspace's own history
// tells what was done. Blocks for at most the time-out of a command. For one thread: that of the first call.
// Errors: Unavailable or Io when the queue cannot be reached or cannot take more.
class Queue {
public:
    virtual ~Queue() = default;

    // The ids of the jobs, in their order; that of an earlier one for a key which is known. One whose id is known is
    // not added again: so one that may have been lost can be added again.
    virtual Result<QList<QString>> add(const QList<QueuedJob> &jobs) = 0;

    struct Turn {
        QList<Delivery> taken = {};
        QList<QByteArray> lost = {}; // receipts that were another's: what was settled with them does not count
    };
    // Settles deliveries, all or, on an error, perhaps only some of them: then the same again. Then takes up to `count`
    // jobs that wait.
    virtual Result<Turn> turn(const QList<Settlement> &settlements, int count) = 0;
    // Takes up to `count` jobs; waits for the first for at most `time`, which is less than a second.
    virtual Result<QList<Delivery>> wait(int count, std::chrono::milliseconds time) = 0;
    // Says that this worker is alive and at work on these. The receipts that are another's by now.
    virtual Result<QList<QByteArray>> keep(const QList<QByteArray> &receipts) = 0;
    // Takes up to `count` jobs of workers that are gone. A job that `mostDeliveries` workers have had is dead then.
    virtual Result<QList<Delivery>> recover(int count) = 0;

    // At most `most` jobs of each kind, without their requests.
    virtual Result<QueueOverview> overview(int most) = 0;
    virtual Result<JobState> find(const QString &id) = 0;
    // A dead job waits again, as the next attempt. False when no dead job is called so.
    virtual Result<bool> revive(const QString &id) = 0;
    // A dead job is forgotten. False likewise.
    virtual Result<bool> drop(const QString &id) = 0;
};

// Letters, digits, '.', '_' and '-', at most 64, the first a letter or digit.
bool isQueueName(const QString &name);

// A RedisQueue for a redis:// or redis+unix:// URL, a LocalQueue for an empty one. Usage for a URL that cannot be read
// and for a name that is none. Does not connect yet.
Result<std::unique_ptr<Queue>> makeQueue(const QueueSettings &settings);

} // namespace PatchPanel::Storage
