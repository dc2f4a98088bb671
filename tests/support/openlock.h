#pragma once

#include "services/storage/lock.h"

namespace PatchPanel::Test {

// A lock that excludes nobody: what the operating system's lock is to processes on other machines.
class OpenLock : public Storage::Lock {
public:
    Result<std::unique_ptr<Storage::LockHold>> acquire(const QString &, const QString &, Storage::LockUse) override
    {
        return std::make_unique<Storage::LockHold>();
    }
};

} // namespace PatchPanel::Test
