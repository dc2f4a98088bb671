#pragma once

#include <QList>
#include <QString>

#include <sys/types.h>

namespace PatchPanel::Patch {

struct ProcessEntry {
    pid_t pid = 0;
    QString name; // as in /proc/PID/comm, 15 bytes
    int depth = 1; // 1: a child of the root
};

// Every living process beneath `root`, by the parent links in /proc at this moment; zombies and `root` itself are left
// out. Complete for the tree of a Supervisor, because orphans there become its children. Any thread.
QList<ProcessEntry> descendantsOf(pid_t root);

// Sends `signal` to each of them. A process that is gone by then is no error.
void signalAll(const QList<ProcessEntry> &processes, int signal);

} // namespace PatchPanel::Patch
