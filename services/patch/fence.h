#pragma once

#include "services/common/result.h"

#include <functional>

namespace PatchPanel::Patch {

// What a run knows of the lock that it holds on its workspace. A lock with a time-out alone cannot exclude a holder
// that was paused (M. Kleppmann, "How to do distributed locking", 2016): before each step that counts the run asks
// whether it may still take it. A value; the default is a lock that nobody can lose.
struct Fence {
    qint64 number = 0; // goes into the journal's BEGIN, and grows from holder to holder; 0: none
    // Busy: another holder has the workspace, or may have it: hands off, it settles what this run left. Unavailable:
    // the workspace is ours, but not for long: take back what was written. Called on the run's thread; may block for
    // seconds.
    std::function<Result<void>()> check = {};

    Result<void> ask() const { return check ? check() : Result<void>{}; }
};

} // namespace PatchPanel::Patch
