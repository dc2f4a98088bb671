#pragma once

#include "services/common/result.h"

#include <QString>

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <mutex>

namespace PatchPanel::Storage {

// Held while it lives; released by its destructor. One thread at a time.
class LockHold {
public:
    virtual ~LockHold() = default;
    // Grows from holder to holder of the workspace; 0: the operating system alone excludes others, and nobody can take
    // the workspace away.
    virtual qint64 fence() const { return 0; }
    // Whether the workspace is still ours. Busy: another has it, or may have it: nothing may be written any more.
    // Unavailable: it is ours, but the lock cannot be kept: take back what was written. Blocks for at most some
    // seconds.
    virtual Result<void> check() { return {}; }
    // `ending` is called once, on another thread, as soon as check() would give an error; at once when it does already.
    virtual void whenEnding(const std::function<void()> &ending) { Q_UNUSED(ending) }
};

// What a workspace is held for.
enum class LockUse {
    Run, // as long as it takes; it waits a few seconds for upkeep to end
    Upkeep, // tidying up, which is short and can be done later: it waits for nobody
};

// Excludes every other run on a workspace.
class Lock {
public:
    virtual ~Lock() = default;
    // Does not wait for another run: Busy names it (run, process, since when). Io when the lock file cannot be made.
    // `holder` says who we are ("run 1f3a… of runner-1").
    virtual Result<std::unique_ptr<LockHold>> acquire(const QString &workspace, const QString &holder,
                                                      LockUse use = LockUse::Run) = 0;
};

// flock(2) on `.patchpanel/lock` in the workspace. Makes `.patchpanel` (0700) and lists it in .git/info/exclude.
// The descriptor is not inherited by child processes.
class LocalLock : public Lock {
public:
    Result<std::unique_ptr<LockHold>> acquire(const QString &workspace, const QString &holder,
                                              LockUse use = LockUse::Run) override;

private:
    void keepFromGit(const QString &workspace);

    std::mutex m_mutex; // guards the next one
    std::map<QString, std::chrono::steady_clock::time_point> m_excluded; // when it was last made sure of
};

// A folder on a disk that several machines share.
struct SharedFolder {
    QString path = {}; // canonical; workspaces beneath it are shared as well
    QString id = {}; // by which every machine knows it; empty: none is shared
};

// LocalLock, and RedisLock around it for a redis:// or redis+unix:// URL. Usage for a URL that cannot be read, and for
// a shared folder without one. Does not connect yet.
Result<std::unique_ptr<Lock>> makeLock(const QString &redisUrl, const SharedFolder &shared = {});

} // namespace PatchPanel::Storage
