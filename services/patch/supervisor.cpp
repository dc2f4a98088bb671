#include "services/patch/supervisor.h"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

// Async-signal-safe calls only in this file: no allocation, no locks, no Qt.
namespace PatchPanel::Patch::Supervisor {

namespace {

// Where the descriptors of a Launch stand in the supervisor.
enum Slot : int { Input, Output, Errors, Lifeline, Status, WorkingDirectory, SlotCount };

constexpr int firstFree = 64; // above every slot, where descriptors are lifted to before they are put in place
constexpr int killRounds = 1000;
constexpr int killPauseMs = 5;

void closeFrom(unsigned int first)
{
    if (::syscall(SYS_close_range, first, ~0U, 0U) == 0) {
        return;
    }
    for (int fd = static_cast<int>(first); fd < 65536; ++fd) { // kernels before 5.9
        ::close(fd);
    }
}

bool placeDescriptors(const Launch &launch)
{
    std::array<int, SlotCount> fds{launch.input,    launch.output, launch.errors,
                                   launch.lifeline, launch.status, launch.workingDirectory};
    for (int &fd : fds) {
        fd = ::fcntl(fd, F_DUPFD, firstFree);
        if (fd < 0) {
            return false;
        }
    }
    for (int slot = 0; slot < SlotCount; ++slot) {
        if (::dup2(fds[static_cast<std::size_t>(slot)], slot) < 0) {
            return false;
        }
    }
    closeFrom(SlotCount);
    for (int slot = Lifeline; slot < SlotCount; ++slot) {
        ::fcntl(slot, F_SETFD, FD_CLOEXEC);
    }
    return true;
}

void resetSignals()
{
    struct sigaction standard = {};
    standard.sa_handler = SIG_DFL;
    for (int signal = 1; signal < NSIG; ++signal) {
        ::sigaction(signal, &standard, nullptr);
    }
}

void report(Event event, int value)
{
    const Record record{event, value};
    [[maybe_unused]] const ssize_t written = ::write(Status, &record, sizeof record); // atomic: under PIPE_BUF
}

[[noreturn]] void becomeCommand(const Launch &launch)
{
    sigset_t none;
    ::sigemptyset(&none);
    ::setsid();
    ::prctl(PR_SET_PDEATHSIG, SIGKILL); // should the supervisor itself be killed
    if (::fchdir(WorkingDirectory) == 0) {
        ::sigprocmask(SIG_SETMASK, &none, nullptr);
        ::execve(launch.program, launch.arguments, launch.environment);
    }
    report(Event::NotStarted, errno);
    ::_exit(127);
}

enum class Children { Left, AllGone };

Children reap(pid_t command)
{
    while (true) {
        int status = 0;
        const pid_t pid = ::waitpid(-1, &status, WNOHANG);
        if (pid == command) {
            report(Event::Exited, status);
        } else if (pid == 0) {
            return Children::Left;
        } else if (pid < 0 && errno != EINTR) {
            return Children::AllGone;
        }
    }
}

// Our direct children: orphans of the tree are among them, since we are their reaper. Where the kernel does not list
// them (CONFIG_PROC_CHILDREN is off), the command's process group must do.
void signalChildren(pid_t command, int signal)
{
    std::array<char, 4096> text;
    const int fd = ::open("/proc/thread-self/children", O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        ::kill(-command, signal);
        return;
    }
    pid_t pid = 0;
    ssize_t size = 0;
    while ((size = ::read(fd, text.data(), text.size())) > 0) {
        for (ssize_t i = 0; i < size; ++i) {
            const char c = text[static_cast<std::size_t>(i)];
            if (c >= '0' && c <= '9') {
                pid = pid * 10 + (c - '0');
            } else if (pid > 0) {
                ::kill(pid, signal);
                pid = 0;
            }
        }
    }
    ::close(fd);
}

// Kills from the top: what a killed process leaves behind becomes our child and is killed in the next round.
void killEverything(pid_t command)
{
    for (int round = 0; round < killRounds; ++round) {
        signalChildren(command, SIGKILL);
        if (reap(command) == Children::AllGone) {
            report(Event::AllEnded, 0);
            return;
        }
        ::poll(nullptr, 0, killPauseMs);
    }
}

// Lets the command take away what it would leave behind, such as git's lock files.
void letTidyUp(pid_t command, int milliseconds)
{
    signalChildren(command, SIGTERM);
    for (int waited = 0; waited < milliseconds && ::kill(command, 0) == 0; waited += killPauseMs) {
        reap(command);
        ::poll(nullptr, 0, killPauseMs);
    }
}

[[noreturn]] void watch(pid_t command, int childSignals, int tidyMs)
{
    while (true) {
        std::array<pollfd, 2> events{pollfd{Lifeline, POLLIN, 0}, pollfd{childSignals, POLLIN, 0}};
        if (::poll(events.data(), events.size(), -1) < 0 && errno != EINTR) {
            break;
        }
        if (events[1].revents != 0) {
            signalfd_siginfo info;
            while (::read(childSignals, &info, sizeof info) > 0) { }
            if (reap(command) == Children::AllGone) {
                report(Event::AllEnded, 0);
                ::_exit(0);
            }
        }
        if (events[0].revents != 0) {
            break;
        }
    }
    if (tidyMs > 0) {
        letTidyUp(command, tidyMs);
    }
    killEverything(command);
    ::_exit(0);
}

} // namespace

void run(const Launch &launch)
{
    if (!placeDescriptors(launch)) {
        const Record record{Event::NotStarted, errno};
        [[maybe_unused]] const ssize_t written = ::write(launch.status, &record, sizeof record);
        ::_exit(127);
    }
    ::setsid(); // a Ctrl-C at the terminal is for the runner, which then ends the command in its own way
    ::prctl(PR_SET_NAME, "patchpanel-gate");
    ::prctl(PR_SET_CHILD_SUBREAPER, 1);
    resetSignals();
    ::signal(SIGPIPE, SIG_IGN);
    sigset_t all;
    ::sigfillset(&all);
    ::sigprocmask(SIG_SETMASK, &all, nullptr);
    sigset_t children;
    ::sigemptyset(&children);
    ::sigaddset(&children, SIGCHLD);
    const int childSignals = ::signalfd(-1, &children, SFD_CLOEXEC | SFD_NONBLOCK);

    // What is to run here is small enough for a child that borrows the memory until exec: nothing is copied once more.
    const pid_t command = childSignals < 0 ? -1 : ::vfork(); // NOLINT(clang-analyzer-security.insecureAPI.vfork)
    if (command == 0) {
        ::signal(SIGPIPE, SIG_DFL);
        becomeCommand(launch);
    }
    if (command < 0) {
        report(Event::NotStarted, errno);
        ::_exit(127);
    }
    for (const int slot : {Input, Output, Errors, WorkingDirectory}) {
        ::close(slot);
    }
    watch(command, childSignals, launch.tidyMs);
}

} // namespace PatchPanel::Patch::Supervisor
