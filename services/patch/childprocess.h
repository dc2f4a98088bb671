#pragma once

#include <QByteArray>
#include <QByteArrayView>
#include <QList>
#include <QString>

#include <chrono>
#include <functional>
#include <stop_token>

namespace PatchPanel::Patch {

struct ProcessSpec {
    QString program = {}; // absolute path
    QList<QByteArray> arguments = {}; // without the program itself
    QList<QByteArray> environment = {}; // "NAME=value"; nothing else is passed on
    int workingDirectory = -1; // a folder's descriptor, borrowed
    QString wrapper = {}; // name of the program that runs the real one and waits for it; empty: none
    QByteArray input = {}; // on stdin; when empty stdin is /dev/null
    std::chrono::milliseconds timeout = std::chrono::minutes(10);
    std::chrono::milliseconds linger =
        std::chrono::milliseconds(500); // for background children after the command's end
    std::chrono::milliseconds killAfter = std::chrono::seconds(5); // between SIGTERM and SIGKILL
    std::chrono::milliseconds tidyTime = {}; // the same when this process is killed; 0: it is killed at once, too
};

struct ProcessEnd {
    QString notStarted = {}; // why; empty when it ran
    int exitCode = -1; // -1: ended by a signal, or never ran
    int signal = 0;
    bool timedOut = false;
    bool cancelled = false;
    QList<QString> leftBehind = {}; // names of background children that outlived the command and were ended
    qint64 durationMs = 0;

    bool succeeded() const { return exitCode == 0 && !timedOut && !cancelled; }
};

enum class OutputStream { Standard, Errors };
using OutputSink = std::function<void(OutputStream, QByteArrayView)>;

// Runs a program in a session of its own under a Supervisor and blocks until it and every descendant are gone,
// whatever they did to get away: after the time-out, a stop request, or `linger` after the program's own end, they get
// SIGTERM, and `killAfter` later SIGKILL, at most 4 s after a stop request. It does not start when stop is requested
// already. Needs no event loop: worker threads have none, which rules out QProcess. `output` is called on this thread
// with the bytes as they come. Nothing of the caller's descriptors is inherited.
ProcessEnd runProcess(const ProcessSpec &spec, const OutputSink &output, const std::stop_token &stop);

} // namespace PatchPanel::Patch
