#pragma once

#include "services/log/logline.h"
#include "services/storage/sharedruns.h"

#include <QList>
#include <QObject>

#include <atomic>
#include <thread>

namespace PatchPanel::App {

// Follows a run of any machine by what its runner tells Redis, on a thread of its own. A server that goes away
// meanwhile is waited for. Lives on the thread that made it, where its signals come.
class SharedRunFollower : public QObject {
    Q_OBJECT
public:
    SharedRunFollower(const Storage::RedisUrl &redis, const QString &runId, QObject *parent = nullptr);
    // Waits for the last question, at most the time-out of a command.
    ~SharedRunFollower() override;

    void start();

Q_SIGNALS:
    void found(const PatchPanel::Storage::SharedRun &run); // first of all
    void linesCame(const QList<PatchPanel::Log::Line> &lines);
    void logCut(); // the rest of it is with the runner only
    void stillSilent(const QString &why); // after each minute in which nothing came
    // Last of all: its end; or why there is nothing to follow. NotFound, or the errors of RedisConnection.
    void ended(const PatchPanel::Storage::SharedRun &run);
    void failed(const PatchPanel::Error &error);

private:
    void follow();
    Result<Storage::SharedRun> find(Storage::SharedRuns &runs) const;
    void tell(const Storage::SharedLogPart &part);
    template <typename Signal> void post(Signal signal);

    const Storage::RedisUrl m_redis;
    const QString m_runId;
    std::atomic<bool> m_isEnding = false;
    std::thread m_thread;
};

} // namespace PatchPanel::App
