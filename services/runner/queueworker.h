#pragma once

#include "services/runner/queuelink.h"
#include "services/runner/runner.h"

#include <QHash>
#include <QObject>
#include <QSet>

namespace PatchPanel::Runner {

// Of the queue's name, the job's id and its request, by whoever knows the token: a queue is open to everybody who
// reaches its server, and a job runs commands. HMAC-SHA256 (RFC 2104), lower-case hexadecimal.
QByteArray jobSignature(const QString &queue, const QString &id, const QByteArray &request, const QByteArray &token);

// Lets a runner work for a queue: it takes a job whenever it could begin one at once, runs it and settles it with the
// result. What a job did is looked up in its workspace and not in the queue, so a job that comes twice acts once. One
// whose workspace is busy waits here; one whose workspace is not served here goes back, for another worker. Lives on
// the service's thread; owned by RunnerService. The runner must outlive it.
class QueueWorker : public QObject {
    Q_OBJECT
public:
    QueueWorker(Runner &runner, const Storage::QueueSettings &queue, const QByteArray &token, const Log::Writer &log,
                QObject *parent = nullptr);

    void start();
    // Takes no more, and hands back what has not begun; settled() comes when the queue knows of everything. The runner
    // drains after it.
    void drain();

Q_SIGNALS:
    void settled();

private:
    // A job that this runner has.
    struct Held {
        Storage::Delivery delivery;
        RunRequest request = {};
        int tries = 0;
        qint64 sinceMs = 0; // when it came, of the wall clock
        bool isRun = false; // the runner has it, not the timer
        bool isPostponed = false; // its workspace is another's; it takes a slot all the same
    };

    void onTaken(const Storage::Delivery &delivery);
    void onLost(const QByteArray &receipt);
    void onRunFinished(const QString &runId);
    Result<RunRequest> read(const Storage::QueuedJob &job) const;
    void begin(const QString &runId);
    void postpone(const QString &runId);
    void settle(const QString &runId, Storage::Settlement::Kind kind, const QByteArray &text = {});
    void tellFree();

    Runner &m_runner;
    const QString m_queue;
    const QByteArray m_token;
    Log::Writer m_log;
    QueueLink m_link;
    QHash<QString, Held> m_held; // by run
    bool m_draining = false;
};

} // namespace PatchPanel::Runner
