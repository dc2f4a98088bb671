#pragma once

#include "services/common/result.h"

#include <QString>

#include <chrono>
#include <map>
#include <memory>
#include <mutex>

namespace PatchPanel::Storage {

// Held while it lives; released by its destructor.
class LockHold {
public:
    virtual ~LockHold() = default;
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

} // namespace PatchPanel::Storage
