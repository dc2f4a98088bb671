#pragma once

#include "services/storage/filedescriptor.h"

#include <QString>

namespace PatchPanel::Storage {

// flock(2) on a file that is there for nothing else, made (0600) when it is missing: between threads and processes.
// Waits for it; held while it lives. Where the file can be neither made nor opened, nothing is held: what it guards
// cannot be written there either.
class FileLock {
public:
    enum class Mode { Shared, Exclusive };
    FileLock(const QString &file, Mode mode);
    FileLock(const FileLock &) = delete;
    FileLock &operator=(const FileLock &) = delete;
    ~FileLock();

private:
    FileDescriptor m_file;
};

} // namespace PatchPanel::Storage
