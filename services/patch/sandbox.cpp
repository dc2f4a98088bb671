#include "services/patch/sandbox.h"

#include "services/patch/childenvironment.h"
#include "services/patch/gitcommand.h"

#include <QDir>
#include <QFileInfo>
#include <QStandardPaths>

#include <array>
#include <mutex>
#include <optional>
#include <unistd.h>

namespace PatchPanel::Patch {

namespace {

constexpr auto probeTime = std::chrono::seconds(10);
constexpr int lastSignal = 31; // of those that are not real-time signals

// What build tools keep in the home folder between builds. Only data that they fetch or compute: no folder from which a
// shell would later run something.
constexpr std::array homeCaches{
    ".cache",         ".npm",           ".ccache",         ".cargo/registry",   ".cargo/git",
    ".m2/repository", ".gradle/caches", ".nuget/packages", ".local/share/pnpm", "go/pkg"};

QString program()
{
    return QStandardPaths::findExecutable(QStringLiteral("bwrap"));
}

void bind(QList<QByteArray> &arguments, const char *how, const QString &path)
{
    const QString canonical = QFileInfo(path).canonicalFilePath();
    if (!canonical.isEmpty()) {
        const QByteArray name = QFile::encodeName(canonical);
        arguments += {how, name, name};
    }
}

// The repository's folders, which may lie outside of the workspace; none without a repository.
QStringList gitFolders(const WorkspaceRoot &root)
{
    if (!GitCommand::isInstalled()) {
        return {};
    }
    const GitOutput folders =
        GitCommand(root).run({"rev-parse", "--path-format=absolute", "--git-dir", "--git-common-dir"});
    return folders.succeeded() ? QString::fromUtf8(folders.output).split(u'\n', Qt::SkipEmptyParts) : QStringList();
}

QList<QByteArray> argumentsFor(const WorkspaceRoot &root, const QList<QString> &readOnly,
                               const std::optional<QStringList> &repository)
{
    QList<QByteArray> arguments{"--unshare-pid", "--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc"};
    if (::geteuid() == 0) { // root could make the file system writable again
        arguments += {"--cap-drop", "CAP_SYS_ADMIN"};
    }
    for (const QString &folder : {QStringLiteral("/tmp"), QStringLiteral("/var/tmp"), QDir::tempPath()}) {
        bind(arguments, "--bind", folder);
    }
    for (const char *cache : homeCaches) {
        bind(arguments, "--bind", QDir::home().filePath(QLatin1String(cache)));
    }
    bind(arguments, "--bind", qEnvironmentVariable("XDG_CACHE_HOME"));
    for (const QString &folder : readOnly) {
        bind(arguments, "--ro-bind", folder);
    }
    bind(arguments, "--bind", root.path());
    for (const QString &folder : repository ? *repository : gitFolders(root)) {
        bind(arguments, "--ro-bind", folder);
    }
    for (const QString &name : {QStringLiteral("/.git"), QStringLiteral("/.patchpanel")}) {
        bind(arguments, "--ro-bind", root.path() + name);
    }
    return arguments;
}

// Why it does not work; nothing when it does.
std::optional<QString> problemWith(const QList<QByteArray> &arguments, const WorkspaceRoot &root,
                                   const std::stop_token &stop)
{
    QByteArray errors;
    const ProcessEnd end = runProcess(
        ProcessSpec{.program = program(),
                    .arguments = arguments + QList<QByteArray>{"--", "true"},
                    .environment = childEnvironment(ChildRole::Gate, {}),
                    .workingDirectory = root.descriptor(),
                    .timeout = probeTime},
        [&errors](OutputStream, QByteArrayView bytes) { errors.append(bytes); }, stop);
    if (end.succeeded()) {
        return std::nullopt;
    }
    const QString text = QString::fromUtf8(errors).trimmed();
    if (!text.isEmpty()) {
        return text;
    }
    return end.notStarted.isEmpty() ? QStringLiteral("bwrap does not work here")
                                    : QStringLiteral("bwrap cannot be started: %1").arg(end.notStarted);
}

enum class Asked { BeforeARun, ByARun };

// The first answer to a run counts for the life of the process: it is about the machine, not about a workspace. One
// from before a run counts when it is good: what is missing may be installed until then.
std::optional<QString> problemHere(const QList<QByteArray> &arguments, const WorkspaceRoot &root, Asked asked,
                                   const std::stop_token &stop = {})
{
    static std::mutex use;
    static bool isKnown = false;
    static std::optional<QString> problem;
    const std::scoped_lock lock(use);
    if (!isKnown) {
        problem = program().isEmpty() ? std::optional(QStringLiteral("bubblewrap is not installed"))
                                      : problemWith(arguments, root, stop);
        isKnown = asked == Asked::ByARun || !problem;
    }
    return problem;
}

} // namespace

QString toString(SandboxReport::State state)
{
    switch (state) {
    case SandboxReport::State::NotNeeded:
        return QStringLiteral("notNeeded");
    case SandboxReport::State::Off:
        return QStringLiteral("off");
    case SandboxReport::State::On:
        return QStringLiteral("on");
    }
    return {};
}

void Sandbox::tryOut(const WorkspaceRoot &root, const std::stop_token &stop)
{
    problemHere(argumentsFor(root, {}, QStringList()), root, Asked::BeforeARun, stop);
}

Result<Sandbox> Sandbox::forRun(const WorkspaceRoot &root, SandboxMode mode, const QList<QString> &readOnly,
                                const std::optional<QStringList> &repository)
{
    Sandbox sandbox;
    if (mode == SandboxMode::Off) {
        return sandbox;
    }
    sandbox.m_arguments = argumentsFor(root, readOnly, repository);
    const std::optional<QString> problem = problemHere(sandbox.m_arguments, root, Asked::ByARun);
    if (!problem) {
        sandbox.m_report = {SandboxReport::State::On,
                            QStringLiteral("bubblewrap: only the workspace, temporary files and caches are writable")};
        return sandbox;
    }
    if (mode == SandboxMode::Require) {
        return Error{ErrorCode::Unavailable,
                     QStringLiteral("The sandbox that the run requires does not work: %1").arg(*problem),
                     QStringLiteral("Install bubblewrap and allow unprivileged user namespaces, or run with "
                                    "--sandbox=auto.")};
    }
    sandbox.m_report = {SandboxReport::State::Off, *problem};
    return sandbox;
}

ProcessSpec Sandbox::wrapped(ProcessSpec spec, const QString &folder, Network network) const
{
    if (!isOn()) {
        return spec;
    }
    QList<QByteArray> arguments = m_arguments;
    if (network == Network::None) {
        arguments += "--unshare-net";
    }
    arguments += {"--chdir", QFile::encodeName(folder), "--", QFile::encodeName(spec.program)};
    spec.arguments = arguments + spec.arguments;
    spec.program = program();
    spec.wrapper = QStringLiteral("bwrap");
    return spec;
}

ProcessEnd Sandbox::unwrapped(ProcessEnd end) const
{
    if (isOn() && end.exitCode > 128 && end.exitCode <= 128 + lastSignal) {
        end.signal = end.exitCode - 128;
        end.exitCode = -1;
    }
    return end;
}

} // namespace PatchPanel::Patch
