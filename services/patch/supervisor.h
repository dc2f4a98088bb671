#pragma once

#include <sys/types.h>

namespace PatchPanel::Patch::Supervisor {

// A command and the descriptors of its supervisor. Everything is made before the fork: between fork and exec only
// async-signal-safe calls are allowed (signal-safety(7)).
struct Launch {
    const char *program; // absolute path
    char *const *arguments; // ends with a null pointer
    char *const *environment;
    int workingDirectory; // a folder's descriptor
    int input;
    int output;
    int errors;
    int lifeline; // read end: a byte or the end of file kills everything
    int status; // write end: Records
    int tidyMs; // between SIGTERM and SIGKILL when the lifeline ends; 0: SIGKILL at once
};

enum class Event : int {
    NotStarted, // value: errno
    Exited, // value: the wait status of the command
    AllEnded, // the command and all of its descendants are gone
};

struct Record {
    Event event;
    int value;
};

// The life of the process between us and a command; never returns. Runs in the child of a fork. It is the reaper of
// every descendant (PR_SET_CHILD_SUBREAPER, which would be process-wide in the runner itself), so none escapes by
// setsid or by its parent's death, and it kills them all when the lifeline ends: also when the runner itself is killed.
[[noreturn]] void run(const Launch &launch);

} // namespace PatchPanel::Patch::Supervisor
