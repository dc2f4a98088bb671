#include "app/hostsetup.h"

#include "app/profile.h"

#include <QDir>
#include <QFileInfo>

namespace PatchPanel::App {

namespace {

// Nobody scrolls there: what is older is asked for now and then, and read from the file.
constexpr qint64 headlessLogMemory = 8 * 1024 * 1024;

} // namespace

HostOptions hostOptionsFor(const Options &options, const QString &workspace, const Credentials &credentials)
{
    using enum Command;
    const bool oneRun = QList{Run, Plan, Rollback}.contains(options.command);
    const bool freePorts = (oneRun || options.newInstance) && !options.portsGiven;
    const bool onlyOthersRun =
        !options.registry.isEmpty() && (oneRun || (options.command == Window && !options.runnersGiven));
    return HostOptions{.host = options.host,
                       .registryPort = freePorts ? quint16{0} : options.registryPort,
                       .runnerPort = freePorts ? quint16{0} : options.runnerPort,
                       .runners = onlyOthersRun ? 0 : options.runners,
                       .slots = options.slots,
                       .registry = options.registry,
                       .workspace = workspace,
                       .redisUrl = options.redisUrl,
                       .sharedWorkspace = options.sharedWorkspace,
                       .stateFolder = stateFolder(options.profile),
                       .queueName = options.worksForQueue ? options.queueName : QString(),
                       .queueTakeover = std::chrono::seconds(options.queueTakeoverSeconds),
                       .registryStateFolder = oneRun ? QString() : stateFolder(options.profile),
                       // Elsewhere a task is for the runners of this process, unless --registry says otherwise.
                       .registryRedisUrl = options.command == Serve ? options.redisUrl : QString(),
                       .token = credentials.token,
                       .advertise = options.advertise,
                       .tls = credentials.identity,
                       .client = credentials.forClients(options),
                       .requireToken = options.requireToken,
                       .watch = options.command == Command::Window};
}

Result<QString> workspaceFor(const Options &options)
{
    const QString named = options.workspace.isEmpty() ? QDir::currentPath() : options.workspace;
    const QFileInfo info(named);
    const bool mayBeElsewhere =
        !options.registry.isEmpty() && (options.command == Command::Run || options.command == Command::Plan);
    if (mayBeElsewhere && info.isAbsolute() && !info.exists()) {
        return QDir::cleanPath(named);
    }
    if (!info.isDir()) {
        return Error{ErrorCode::NotFound, QStringLiteral("the workspace is not a folder"),
                     QStringLiteral("name an existing folder with --workspace"), named};
    }
    return info.canonicalFilePath();
}

Log::Keeping logKeepingFor(const Options &options)
{
    Log::Keeping keeping{.folder = stateFolder(options.profile)};
    if (options.command != Command::Window) {
        keeping.memory = headlessLogMemory;
    }
    return keeping;
}

Log::Level leastLevel(const Options &options)
{
    if (options.quiet) {
        return Log::Level::Warning;
    }
    return Log::levelFromString(options.logLevel).value_or(Log::Level::Info);
}

} // namespace PatchPanel::App
