#include "services/patch/childprocess.h"

#include "services/patch/descriptor.h"
#include "services/patch/processtree.h"
#include "services/patch/supervisor.h"

#include <QElapsedTimer>
#include <QFile>
#include <QSet>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <optional>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

namespace PatchPanel::Patch {

namespace {

using Clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

constexpr auto longestGrace = 4000ms; // of a cancelled command: the workspace is back within 6 s
constexpr auto killTime = 10s; // how long the supervisor may take to kill what is left
constexpr auto lookAgain = 50ms; // for processes that were born while their parents were asked to end

QString lastError()
{
    return QString::fromLocal8Bit(std::strerror(errno));
}

struct Pipe {
    Descriptor read;
    Descriptor write;

    bool open()
    {
        std::array<int, 2> ends{};
        if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
            return false;
        }
        read = Descriptor(ends[0]);
        write = Descriptor(ends[1]);
        ::fcntl(read.get(), F_SETFL, O_NONBLOCK);
        return true;
    }
};

// A file in memory is never half read: no writing to a pipe that nobody reads.
Descriptor openInput(const QByteArray &bytes)
{
    if (bytes.isEmpty()) {
        return Descriptor(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    }
    Descriptor memory(::memfd_create("input", MFD_CLOEXEC));
    for (qsizetype done = 0; memory.isOpen() && done < bytes.size();) {
        const ssize_t written =
            ::write(memory.get(), bytes.constData() + done, static_cast<size_t>(bytes.size() - done));
        if (written < 0) {
            return Descriptor();
        }
        done += written;
    }
    ::lseek(memory.get(), 0, SEEK_SET);
    return memory;
}

std::vector<char *> pointersTo(QList<QByteArray> &texts)
{
    std::vector<char *> pointers;
    for (QByteArray &text : texts) {
        pointers.push_back(text.data());
    }
    pointers.push_back(nullptr);
    return pointers;
}

// One run of one program, from the fork to the last descendant.
class Session {
public:
    Session(const ProcessSpec &spec, const OutputSink &output)
        : m_spec(spec)
        , m_output(output)
    {
    }

    ProcessEnd run(const std::stop_token &stop);

private:
    enum class Stage { Running, Lingering, Terminating, Killing, Over };

    bool launch();
    void follow(const std::stop_token &stop);
    void waitForEvents();
    void readStatus();
    void readOutput(Descriptor &pipe, OutputStream stream);
    void commandExited(int waitStatus);
    void deadlinePassed();
    void terminate();
    void askToEnd();
    QList<ProcessEntry> commandProcesses() const;
    void enter(Stage stage, Clock::duration limit);

    const ProcessSpec &m_spec;
    const OutputSink &m_output;
    Pipe m_out;
    Pipe m_err;
    Pipe m_status;
    Pipe m_lifeline;
    Descriptor m_stopEvent;
    pid_t m_supervisor = -1;
    Stage m_stage = Stage::Running;
    Clock::time_point m_deadline;
    QSet<pid_t> m_asked; // processes that got SIGTERM
    ProcessEnd m_end;
};

ProcessEnd Session::run(const std::stop_token &stop)
{
    QElapsedTimer timer;
    timer.start();
    if (launch()) {
        follow(stop);
        readOutput(m_out.read, OutputStream::Standard);
        readOutput(m_err.read, OutputStream::Errors);
        m_lifeline.write.reset();
        ::waitpid(m_supervisor, nullptr, 0);
    }
    m_end.durationMs = timer.elapsed();
    return m_end;
}

bool Session::launch()
{
    Descriptor input = openInput(m_spec.input);
    m_stopEvent = Descriptor(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    if (!input.isOpen() || !m_stopEvent.isOpen() || !m_out.open() || !m_err.open() || !m_status.open()
        || !m_lifeline.open()) {
        m_end.notStarted = QStringLiteral("no pipe could be made: %1").arg(lastError());
        return false;
    }
    QByteArray program = QFile::encodeName(m_spec.program);
    QList<QByteArray> arguments = QList<QByteArray>{program} + m_spec.arguments;
    QList<QByteArray> environment = m_spec.environment;
    const std::vector<char *> argumentPointers = pointersTo(arguments);
    const std::vector<char *> environmentPointers = pointersTo(environment);
    const Supervisor::Launch plan{program.constData(),
                                  argumentPointers.data(),
                                  environmentPointers.data(),
                                  m_spec.workingDirectory,
                                  input.get(),
                                  m_out.write.get(),
                                  m_err.write.get(),
                                  m_lifeline.read.get(),
                                  m_status.write.get(),
                                  static_cast<int>(m_spec.tidyTime.count())};

    // No handler of ours may run in the child: it starts with every signal blocked.
    sigset_t all;
    sigset_t previous;
    ::sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &previous);
    m_supervisor = ::fork();
    if (m_supervisor == 0) {
        Supervisor::run(plan);
    }
    ::pthread_sigmask(SIG_SETMASK, &previous, nullptr);
    if (m_supervisor < 0) {
        m_end.notStarted = QStringLiteral("no process could be made: %1").arg(lastError());
        return false;
    }
    m_out.write.reset();
    m_err.write.reset();
    m_status.write.reset();
    m_lifeline.read.reset();
    return true;
}

void Session::enter(Stage stage, Clock::duration limit)
{
    m_stage = stage;
    m_deadline = Clock::now() + limit;
}

void Session::follow(const std::stop_token &stop)
{
    const std::stop_callback wake(stop, [fd = m_stopEvent.get()] { ::eventfd_write(fd, 1); });
    enter(Stage::Running, m_spec.timeout);
    while (m_stage != Stage::Over) {
        waitForEvents();
        if (m_stage == Stage::Over) {
            return;
        }
        if (stop.stop_requested() && !m_end.cancelled && m_stage == Stage::Running) {
            m_end.cancelled = true;
            terminate();
        } else if (Clock::now() >= m_deadline) {
            deadlinePassed();
        } else if (m_stage == Stage::Terminating) {
            askToEnd();
        }
    }
}

void Session::waitForEvents()
{
    std::array<pollfd, 4> events{pollfd{m_status.read.get(), POLLIN, 0}, pollfd{m_out.read.get(), POLLIN, 0},
                                 pollfd{m_err.read.get(), POLLIN, 0}, pollfd{m_stopEvent.get(), POLLIN, 0}};
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(m_deadline - Clock::now());
    const auto wait = std::clamp<std::chrono::milliseconds>(left, 0ms, m_stage == Stage::Terminating ? lookAgain : 1h);
    if (::poll(events.data(), events.size(), static_cast<int>(wait.count())) <= 0) {
        return;
    }
    if (events[1].revents != 0) {
        readOutput(m_out.read, OutputStream::Standard);
    }
    if (events[2].revents != 0) {
        readOutput(m_err.read, OutputStream::Errors);
    }
    if (events[3].revents != 0) {
        eventfd_t count = 0;
        ::eventfd_read(m_stopEvent.get(), &count);
    }
    if (events[0].revents != 0) {
        readStatus();
    }
}

void Session::readStatus()
{
    Supervisor::Record record{};
    while (true) {
        const ssize_t size = ::read(m_status.read.get(), &record, sizeof record);
        if (size < 0) {
            return;
        }
        if (size != sizeof record) {
            if (m_end.exitCode < 0 && m_end.signal == 0 && m_end.notStarted.isEmpty()) {
                m_end.notStarted = QStringLiteral("the process that watched over it was killed");
            }
            m_stage = Stage::Over;
            return;
        }
        switch (record.event) {
        case Supervisor::Event::NotStarted:
            m_end.notStarted = QString::fromLocal8Bit(std::strerror(record.value));
            break;
        case Supervisor::Event::Exited:
            commandExited(record.value);
            break;
        case Supervisor::Event::AllEnded:
            m_stage = Stage::Over;
            return;
        }
    }
}

// At most 16 MiB at once, so that a flood does not keep us from the clock.
void Session::readOutput(Descriptor &pipe, OutputStream stream)
{
    std::array<char, 65536> buffer;
    for (int round = 0; pipe.isOpen() && round < 256; ++round) {
        const ssize_t size = ::read(pipe.get(), buffer.data(), buffer.size());
        if (size > 0) {
            m_output(stream, QByteArrayView(buffer.data(), size));
        } else if (size == 0) {
            pipe.reset();
        } else if (errno != EINTR) {
            return;
        }
    }
}

void Session::commandExited(int waitStatus)
{
    if (WIFEXITED(waitStatus) && m_end.notStarted.isEmpty()) {
        m_end.exitCode = WEXITSTATUS(waitStatus);
    } else if (WIFSIGNALED(waitStatus)) {
        m_end.signal = WTERMSIG(waitStatus);
    }
    if (m_stage == Stage::Running) {
        enter(Stage::Lingering, m_spec.linger);
    }
}

void Session::deadlinePassed()
{
    switch (m_stage) {
    case Stage::Running:
        m_end.timedOut = true;
        terminate();
        break;
    case Stage::Lingering:
        for (const ProcessEntry &process : commandProcesses()) {
            m_end.leftBehind.append(process.name);
        }
        terminate();
        break;
    case Stage::Terminating:
        m_lifeline.write.reset();
        enter(Stage::Killing, killTime);
        break;
    case Stage::Killing:
    case Stage::Over:
        m_stage = Stage::Over;
        break;
    }
}

void Session::terminate()
{
    enter(Stage::Terminating, m_end.cancelled ? std::min(m_spec.killAfter, longestGrace) : m_spec.killAfter);
    askToEnd();
}

void Session::askToEnd()
{
    QList<ProcessEntry> unasked = commandProcesses();
    unasked.removeIf([this](const ProcessEntry &process) { return m_asked.contains(process.pid); });
    signalAll(unasked, SIGTERM);
    for (const ProcessEntry &process : std::as_const(unasked)) {
        m_asked.insert(process.pid);
    }
}

// Without the wrapper's own: one that waits, and one that is the first process of its PID namespace. They end by
// themselves after the others; asked to, they would take the others with them at once.
QList<ProcessEntry> Session::commandProcesses() const
{
    constexpr int wrapperDepth = 2;
    QList<ProcessEntry> processes = descendantsOf(m_supervisor);
    processes.removeIf([this](const ProcessEntry &process) {
        return process.name == m_spec.wrapper && process.depth <= wrapperDepth;
    });
    return processes;
}

} // namespace

ProcessEnd runProcess(const ProcessSpec &spec, const OutputSink &output, const std::stop_token &stop)
{
    if (stop.stop_requested()) {
        ProcessEnd end;
        end.notStarted = QStringLiteral("the run was cancelled");
        end.cancelled = true;
        return end;
    }
    return Session(spec, output).run(stop);
}

} // namespace PatchPanel::Patch
