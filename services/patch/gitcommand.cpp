#include "services/patch/gitcommand.h"

#include "services/patch/childenvironment.h"

#include <QStandardPaths>

namespace PatchPanel::Patch {

namespace {

constexpr auto answerTime = std::chrono::minutes(1);
constexpr auto tidyTime = std::chrono::seconds(1); // for its lock files: one that stays blocks the repository

QString program()
{
    return QStandardPaths::findExecutable(QStringLiteral("git"));
}

} // namespace

QString GitOutput::reason() const
{
    if (!end.notStarted.isEmpty()) {
        return QStringLiteral("git could not be started: %1").arg(end.notStarted);
    }
    if (end.timedOut) {
        return QStringLiteral("git did not end in time");
    }
    const QString text = QString::fromUtf8(errors.isEmpty() ? output : errors).trimmed();
    return text.isEmpty() ? QStringLiteral("git ended with exit code %1").arg(end.exitCode) : text.right(2000);
}

bool GitCommand::isInstalled()
{
    return !program().isEmpty();
}

GitOutput GitCommand::run(const QList<QByteArray> &arguments, const QByteArray &input) const
{
    GitOutput result;
    result.end = run(arguments, input,
                     [&result](OutputStream stream, QByteArrayView bytes) {
                         (stream == OutputStream::Standard ? result.output : result.errors).append(bytes);
                     },
                     answerTime, {});
    return result;
}

ProcessEnd GitCommand::run(const QList<QByteArray> &arguments, const QByteArray &input, const OutputSink &output,
                           std::chrono::milliseconds timeout, const std::stop_token &stop) const
{
    // git maintenance and the file system monitor would stay in the background, where they would be ended.
    const QList<QByteArray> always{"-c", "maintenance.auto=false", "-c", "core.fsmonitor=false"};
    return runProcess(
        ProcessSpec{
            .program = program(),
            .arguments = always + arguments,
            .environment =
                childEnvironment(ChildRole::Git, {{QStringLiteral("GIT_TERMINAL_PROMPT"), QStringLiteral("0")}}),
            .workingDirectory = m_root->descriptor(),
            .input = input,
            .timeout = timeout,
            .tidyTime = tidyTime,
        },
        output, stop);
}

} // namespace PatchPanel::Patch
