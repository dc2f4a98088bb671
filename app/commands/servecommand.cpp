#include "app/commands/servecommand.h"

#include "app/commands/commands.h"
#include "app/hostsetup.h"
#include "app/unixsignals.h"
#include "services/log/logwriter.h"

#include <QCoreApplication>

#include <algorithm>
#include <malloc.h>
#include <sys/resource.h>

namespace PatchPanel::App {

namespace {

// Each service may hold 512 connections: more than the usual soft limit of 1,024 descriptors allows.
void raiseDescriptorLimit()
{
    rlimit limit = {};
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = std::min<rlim_t>(limit.rlim_max, 16'384);
        setrlimit(RLIMIT_NOFILE, &limit);
    }
}

// What is done with goes back to the system: large bodies at once, and what a thread freed from 8 MiB on. By default
// glibc adapts to the largest that was freed, and each thread then keeps up to 64 MiB (mallopt(3)).
void keepMemorySmall()
{
#ifdef __GLIBC__
    mallopt(M_MMAP_THRESHOLD, 4 * 1024 * 1024);
    mallopt(M_TRIM_THRESHOLD, 8 * 1024 * 1024);
#endif
}

} // namespace

ServeCommand::ServeCommand(const Options &options, const QString &workspace, const Credentials &credentials)
    : m_log(logKeepingFor(options))
    , m_console(m_log, stdout, leastLevel(options), options.color)
    , m_host(hostOptionsFor(options, workspace, credentials), m_log)
{
    m_log.setLeastLevel(leastLevel(options)); // nobody else reads it
    connect(&m_host, &ServiceHost::startFailed, this, [this](const Error &error) { stop(complain(error)); });
    connect(&m_host, &ServiceHost::allStopped, this, [this] {
        m_console.flush();
        Q_EMIT finished(m_exitCode);
    });
    if (!options.requireToken) {
        Log::Writer(m_log, "patchpanel")
            .warning("AUTH", QStringLiteral("--auth none: every program on this machine can run commands here"));
    }
}

void ServeCommand::start()
{
    m_host.startAll();
}

void ServeCommand::stop(int exitCode)
{
    if (m_stopping) {
        m_host.hurry();
        return;
    }
    m_stopping = true;
    m_exitCode = exitCode;
    m_host.stopAll();
}

int serve(const Options &options)
{
    const Result<QString> workspace = workspaceFor(options);
    if (!workspace) {
        return complain(workspace.error());
    }
    const Result<Credentials> credentials = loadCredentials(options);
    if (!credentials) {
        return complain(credentials.error());
    }
    raiseDescriptorLimit();
    keepMemorySmall();
    UnixSignals unixSignals;
    ServeCommand command(options, *workspace, *credentials);
    QObject::connect(&command, &ServeCommand::finished, qApp, &QCoreApplication::exit, Qt::QueuedConnection);
    QObject::connect(&unixSignals, &UnixSignals::received, &command, [&command] { command.stop(0); });
    command.start();
    return QCoreApplication::exec();
}

} // namespace PatchPanel::App
