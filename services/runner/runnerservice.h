#pragma once

#include "services/http/clientoptions.h"
#include "services/http/server.h"
#include "services/log/logstore.h"
#include "services/storage/historyentry.h"

#include <QObject>
#include <QUrl>

#include <chrono>
#include <memory>
#include <optional>

namespace PatchPanel::Runner {

// A queue whose jobs a runner takes, in `redisUrl` of its options, else in its state folder.
struct RunnerQueue {
    QString name = QStringLiteral("default");
    QByteArray token = {}; // jobs are signed with it
    std::chrono::milliseconds takeover = std::chrono::seconds(60); // as in Storage::QueueSettings
};

struct RunnerOptions {
    QString name = QStringLiteral("runner-1");
    Http::ServerOptions server = {};
    Http::ClientOptions client = {}; // of its own requests, which carry the token of `server`
    QUrl registry = {}; // where it registers, with a lease and heartbeats; empty: nowhere
    QList<QString> workspaceRoots = {}; // workspaces lie beneath these
    QString defaultWorkspace = {}; // of a request that names none
    QString redisUrl = {};
    QString sharedWorkspace = {}; // id of `defaultWorkspace` among the machines that share its disk; empty: none do
    QString stateFolder = {}; // of the history; empty: none is kept
    std::optional<RunnerQueue> queue = {}; // that it works for
    Storage::HistoryLimits historyLimits = {};
    int queueLimit = 256;
    int slots = 1; // workspaces that are worked on at once
    std::chrono::milliseconds drainTime = std::chrono::seconds(30);
};

// A runner as a service: domain, routes, server and registration, made by start() and destroyed by stop() on the
// thread this object lives on. Owned by ServiceHost. The log store must outlive it.
class RunnerService : public QObject {
    Q_OBJECT
public:
    RunnerService(RunnerOptions options, Log::Store &log);
    ~RunnerService() override;

    // Listens and registers, then logs "Runner microservice live"; `started` comes only when the registry knows it (or
    // none is named). A registry that is lost later is retried for ever and logged once a minute.
    void start();
    // No new runs, deregister, let the run in progress finish within drainTime or cancel it (which rolls it back), then
    // `stopped`.
    void stop();
    // The registry has started again: it is told at once, and not with the next heartbeat, that the runner is there.
    void greetRegistry();
    // While it stops: no run in progress is waited for any longer, they are cancelled.
    void hurry();
    // A further folder beneath which workspaces may lie.
    void addWorkspaceRoot(const QString &path);

Q_SIGNALS:
    void started(const QUrl &url);
    void failed(const PatchPanel::Error &error);
    void stopped();

private:
    class Private;
    std::unique_ptr<Private> d;
};

} // namespace PatchPanel::Runner
