#pragma once

#include "services/common/runstatus.h"
#include "services/storage/redisconnection.h"

#include <QList>
#include <QString>

#include <chrono>
#include <optional>

namespace PatchPanel::Storage {

// What a runner of any machine tells of one of its runs. What is empty is not known (yet).
struct SharedRun {
    QString runId = {};
    RunStatus status = RunStatus::Unknown;
    QString task = {};
    QString workspace = {};
    QString runner = {};
    QString machine = {}; // of the runner
    QByteArray result = {}; // compact JSON; of a run that has ended, like the next one
    QByteArray report = {}; // report.md
};

struct SharedLogPart {
    QByteArray lines = {}; // a JSON object each (Log::Line::toJson()), each ended by a line feed
    bool isCut = false; // further lines are with the runner only
    bool hasEnded = false; // nothing more comes
    QByteArray next = {}; // where to read on
};

// Runs with their results and logs in Redis for a day, so that any machine can follow them: `pp:{run:ID}` and
// `pp:{run:ID}:log`. Whoever may write to the server may write there, so what is read is for people, never acted on.
// Any one thread at a time; blocks for at most the time-out of a command. Errors: those of RedisConnection.
class SharedRuns {
public:
    explicit SharedRuns(const RedisUrl &url, std::chrono::seconds kept = std::chrono::hours(24));

    // Adds to the run's log, and what is known of it. One whose status is final has ended.
    Result<void> publish(const SharedRun &run, const QByteArray &logLines = {});
    // Absence is no error.
    Result<std::optional<SharedRun>> find(const QString &runId);
    // Its log from `from` on (empty: from the beginning); waits for more for at most `time`, which is less than a
    // second.
    Result<SharedLogPart> readLog(const QString &runId, const QByteArray &from, std::chrono::milliseconds time);

private:
    RedisConnection m_redis;
    std::chrono::seconds m_kept;
};

inline constexpr qint64 mostSharedLogBytes = 4 * 1024 * 1024; // of one run

} // namespace PatchPanel::Storage
