#pragma once

#include <QString>

#include <sys/types.h>

namespace PatchPanel::Storage {

// Names a process for good: a process id is used again, this is not. It consists of the boot, the id and the start time
// (proc(5), /proc/PID/stat). Empty when there is no such process.
QString processIdentity(pid_t pid);

// Whether the process that processIdentity() named is there still. Any thread.
bool isAlive(const QString &identity);

} // namespace PatchPanel::Storage
