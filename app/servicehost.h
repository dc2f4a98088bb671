#pragma once

#include "services/common/step.h"
#include "services/http/clientoptions.h"
#include "services/http/tlsidentity.h"
#include "services/log/logstore.h"
#include "services/relay/lookup.h"
#include "services/relay/runrequest.h"

#include <QList>
#include <QObject>
#include <QUrl>

#include <memory>
#include <optional>

namespace PatchPanel::App {

enum class ServiceState { Stopped, Starting, Up, Stopping, Failed };

enum class ServiceKind { Registry, Runner };

// One service as it is shown. `state` is what its thread and our own probes told, not what we asked for.
struct ServiceInfo {
    QString name = {}; // "registry", "runner-1"
    ServiceKind kind = ServiceKind::Runner;
    ServiceState state = ServiceState::Stopped;
    QUrl url = {};
    QString reason = {}; // why it failed
    qint64 upSinceMs = 0; // since the epoch
    int activeRuns = 0;
    int latencyMs = -1; // of the last probe; -1: none yet
};

struct HostOptions {
    QString host = QStringLiteral("127.0.0.1");
    quint16 registryPort = 5040; // 0: a free one
    quint16 runnerPort = 5050; // further runners +1; 0: free ones
    int runners = 1;
    int slots = 1; // of each runner: workspaces that it works on at once
    QUrl registry = {}; // an existing registry: none is started here
    QString workspace = {}; // the default workspace, and the first root of the runners
    QString redisUrl = {};
    QString stateFolder = {}; // of the history; empty: none is kept
    QString registryStateFolder = {}; // where the registry outlives its process; empty: it does not
    QByteArray token = {};
    QString advertise = {}; // by which others reach `host`; empty: itself
    std::optional<Http::TlsIdentity> tls = {}; // of every service; nothing: plain HTTP
    Http::ClientOptions client = {}; // of the requests of this process; its token is the one above
    bool requireToken = true;
    bool watchHealth = false; // probe every service's /health, for ServiceInfo's latency and activeRuns
};

// Starts registry, runners and relay, each on its own named thread, and stops them in order. Lives on the main thread;
// every signal comes there. Its destructor is the shutdown protocol.
class ServiceHost : public QObject {
    Q_OBJECT
public:
    ServiceHost(HostOptions options, Log::Store &log, QObject *parent = nullptr);
    ~ServiceHost() override;

    QList<ServiceInfo> services() const;
    Log::Store &log() const;

    void startAll(); // the registry first; the runners once it answers
    void stopAll(); // ends with allStopped
    void hurry(); // while it stops: cancels the runs in progress
    void start(const QString &name);
    void stop(const QString &name);
    bool isReady() const; // registry and at least one runner are up

    // Lets the runners of this process work on `workspace`: call it when the user picks a task there.
    void allowWorkspace(const QString &workspace);

    // Sends a run through the relay; the ticket names it in the signals below.
    quint64 run(const Relay::RunRequest &request);
    void cancel(quint64 ticket);

    // Reads from a runner; the ticket names the answer in answered().
    quint64 look(const Relay::Lookup &lookup);

Q_SIGNALS:
    void serviceChanged(const PatchPanel::App::ServiceInfo &service);
    void ready(); // startAll succeeded
    void startFailed(const PatchPanel::Error &error);
    void allStopped();
    void runAccepted(quint64 ticket, const QString &runId, const QString &runner);
    void stepChanged(quint64 ticket, const PatchPanel::Step &step);
    void runFinished(quint64 ticket, const PatchPanel::Relay::RunOutcome &outcome);
    void answered(quint64 ticket, const PatchPanel::Relay::LookupAnswer &answer);

private:
    class Private;
    std::unique_ptr<Private> d;
};

} // namespace PatchPanel::App

Q_DECLARE_METATYPE(PatchPanel::App::ServiceInfo)
