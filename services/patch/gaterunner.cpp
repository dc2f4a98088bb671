#include "services/patch/gaterunner.h"

#include "services/patch/childenvironment.h"
#include "services/patch/childprocess.h"
#include "services/patch/descriptor.h"
#include "services/patch/gateoutput.h"

#include <QDir>

#include <fcntl.h>

namespace PatchPanel::Patch {

namespace {

// A folder of the workspace, opened without leaving it: as the parent of a name inside of it.
Result<Descriptor> openFolder(const WorkspaceRoot &root, const QString &path)
{
    const QString inside =
        path.isEmpty() || path == QLatin1String(".") ? QStringLiteral("x") : path + QStringLiteral("/x");
    Result<int> fd = root.openParent(inside, WorkspaceRoot::MissingFolders::Fail);
    if (!fd) {
        return fd.error();
    }
    return Descriptor(*fd);
}

QString seconds(std::chrono::milliseconds time)
{
    return QStringLiteral("%1 s").arg(static_cast<double>(time.count()) / 1000.0);
}

QString describeEnd(const ProcessEnd &end, const Gate &gate)
{
    QList<QString> notes;
    if (!end.notStarted.isEmpty()) {
        notes.append(QStringLiteral("not started: %1").arg(end.notStarted));
    } else if (end.cancelled) {
        notes.append(QStringLiteral("ended because the run was cancelled"));
    } else if (end.timedOut) {
        notes.append(QStringLiteral("killed after %1").arg(seconds(gate.timeout)));
    } else if (end.signal != 0) {
        notes.append(QStringLiteral("ended by signal %1").arg(end.signal));
    }
    if (!end.leftBehind.isEmpty()) {
        notes.append(QStringLiteral("left %1 running in the background, which were ended: %2")
                         .arg(end.leftBehind.size() == 1 ? QStringLiteral("1 process")
                                                         : QStringLiteral("%1 processes").arg(end.leftBehind.size()),
                              end.leftBehind.join(QStringLiteral(", "))));
    }
    return notes.join(QStringLiteral("; "));
}

void logEnd(const Log::Writer &log, const GateReport &report)
{
    const char *tag = logTag(report.gate.phase);
    const QString note = report.note.isEmpty() ? QString() : QStringLiteral(" (%1)").arg(report.note);
    if (report.state == StepState::Passed) {
        log.info(tag, QStringLiteral("Passed in %1 ms%2").arg(report.durationMs).arg(note));
    } else {
        const QString code =
            report.exitCode >= 0 ? QStringLiteral(" with exit code %1").arg(report.exitCode) : QString();
        log.error(tag, QStringLiteral("Failed%1 after %2 ms%3").arg(code).arg(report.durationMs).arg(note));
    }
}

} // namespace

GateRunner::GateRunner(const WorkspaceRoot &root, const QString &runId, const QString &taskId, const Log::Writer &log)
    : m_root(root)
    , m_runId(runId)
    , m_taskId(taskId)
    , m_log(log)
{
}

QList<std::pair<QString, QString>> GateRunner::environmentOf(const Gate &gate) const
{
    QList<std::pair<QString, QString>> own = gate.environment;
    own.append({{QStringLiteral("PATCHPANEL_RUN"), m_runId},
                {QStringLiteral("PATCHPANEL_TASK"), m_taskId},
                {QStringLiteral("PATCHPANEL_PHASE"), toString(gate.phase)}});
    if (!m_traceparent.isEmpty()) {
        own.append({QStringLiteral("TRACEPARENT"), m_traceparent});
    }
    return own;
}

GateReport GateRunner::run(const Gate &gate, const QString &outputFile, const std::stop_token &stop)
{
    const char *tag = logTag(gate.phase);
    m_log.info(tag, QStringLiteral("$ %1").arg(gate.command));

    GateReport report{gate};
    const Result<Descriptor> folder = openFolder(m_root, gate.cwd);
    if (!folder) {
        report.state = StepState::Failed;
        report.note =
            QStringLiteral("not started: the folder %1 cannot be used: %2").arg(gate.cwd, folder.error().message);
        logEnd(m_log, report);
        return report;
    }
    const QList<std::pair<QString, QString>> own = environmentOf(gate);

    const ProcessSpec shell{
        .program = QStringLiteral("/bin/sh"),
        .arguments = {QByteArrayLiteral("-c"), gate.command.toUtf8()},
        .environment = childEnvironment(ChildRole::Gate, own),
        .workingDirectory = folder->get(),
        .timeout = gate.timeout,
        .killAfter = m_killAfter,
    };
    GateOutput output(m_log, tag, gate.phase, outputFile, SecretMask(shell.environment + environmentEntries()));
    const QString startFolder = QDir(m_root.path()).filePath(gate.cwd);
    const ProcessSpec command = m_sandbox.wrapped(shell, startFolder, gate.network);
    report.trace = traceOf(command, startFolder);
    const ProcessEnd end = m_sandbox.unwrapped(runProcess(
        command, [&output](OutputStream stream, QByteArrayView bytes) { output.take(stream, bytes); }, stop));
    output.finish();

    report.state = end.succeeded() ? StepState::Passed : StepState::Failed;
    report.exitCode = end.exitCode;
    report.timedOut = end.timedOut;
    report.durationMs = end.durationMs;
    report.output = output.tail();
    report.outputTruncated = output.isTruncated();
    report.note = describeEnd(end, gate);
    report.leftBehind = end.leftBehind;
    report.wroteErrors = output.hasErrors();
    report.outputFile = output.isKept() ? outputFile : QString();
    logEnd(m_log, report);
    return report;
}

} // namespace PatchPanel::Patch
