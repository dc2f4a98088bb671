#pragma once

#include "services/common/step.h"
#include "services/http/clientoptions.h"
#include "services/http/tlsidentity.h"
#include "services/log/logstore.h"
#include "services/relay/lookup.h"
#include "services/relay/runrequest.h"
#include "services/storage/historyentry.h"

#include <QList>
#include <QObject>
#include <QUrl>

#include <chrono>
#include <memory>
#include <optional>

namespace PatchPanel::App {

enum class ServiceState { Stopped, Starting, Up, Stopping, Failed };

enum class ServiceKind { Registry, Runner };

// One service as it is shown. `state` is what its thread and our own probes told, not what we asked for.
struct ServiceInfo {
    QString name = {}; // "registry", "runner-1"; unique
    ServiceKind kind = ServiceKind::Runner;
    ServiceState state = ServiceState::Stopped;
    bool isRemote = false; // of another process
    bool isStale = false; // remote, and the registry does not answer: it was there last
    QString id = {}; // of a runner in the registry; empty: not known
    QUrl url = {};
    ErrorCode failure = ErrorCode::Internal; // why it failed, where `reason` says so
    QString reason = {}; // why it failed
    qint64 upSinceMs = 0; // since the epoch
    int activeRuns = 0;
    int runs = 0; // that it knows of
    int latencyMs = -1; // of the last probe; -1: none yet
    QList<int> latencies = {}; // of the last probes, the newest last: at most latencyCount
};

inline constexpr int latencyCount = 60;

// What is known of the Redis server that the services were given.
struct RedisState {
    enum Kind { NotUsed, Unknown, Ok, Unreachable };
    Kind kind = NotUsed;
    QString reason = {}; // why it cannot be reached
};

// What may change while the process lives: a service takes it when it starts.
struct ServiceSettings {
    quint16 registryPort = 5040; // 0: a free one
    quint16 runnerPort = 5050; // further runners +1; 0: free ones
    int runners = 1;
    int slots = 1; // of each runner: workspaces that it works on at once
    QString redisUrl = {};
    Storage::HistoryLimits historyLimits = {};
};

struct HostOptions {
    QString host = QStringLiteral("127.0.0.1");
    quint16 registryPort = 5040; // as in ServiceSettings
    quint16 runnerPort = 5050;
    int runners = 1;
    int slots = 1;
    QUrl registry = {}; // an existing registry: none is started here
    QString workspace = {}; // the default workspace, and the first root of the runners
    QString redisUrl = {};
    QString sharedWorkspace = {}; // id of `workspace` among the machines that share its disk; empty: none do
    QString stateFolder = {}; // of the history; empty: none is kept
    QString queueName = {}; // of the queue that the runners work for; empty: none
    std::chrono::seconds queueTakeover = std::chrono::seconds(60); // as in Storage::QueueSettings
    Storage::HistoryLimits historyLimits = {};
    QString registryStateFolder = {}; // where the registry outlives its process; empty: it does not
    QString registryRedisUrl = {}; // where the registry shares its services with others; empty: it does not
    QByteArray token = {};
    QString advertise = {}; // by which others reach `host`; empty: itself
    std::optional<Http::TlsIdentity> tls = {}; // of every service; nothing: plain HTTP
    Http::ClientOptions client = {}; // of the requests of this process; its token is the one above
    bool requireToken = true;
    bool watch = false; // for a person: probe every service and Redis, and tell of the registry's other runners
};

// Starts registry, runners and relay, each on its own named thread, and stops them in order. Lives on the main thread;
// every signal comes there. Its destructor is the shutdown protocol.
class ServiceHost : public QObject {
    Q_OBJECT
public:
    ServiceHost(HostOptions options, Log::Store &log, QObject *parent = nullptr);
    ~ServiceHost() override;

    QList<ServiceInfo> services() const; // those of this process, then the remote ones
    const RedisState &redis() const;
    Log::Store &log() const;
    QString stateFolder() const; // empty: nothing is kept

    void startAll(); // the registry first; the runners once it answers
    void stopAll(); // ends with allStopped
    void hurry(); // while it stops: cancels the runs in progress
    void start(const QString &name);
    void stop(const QString &name);
    void restart(const QString &name); // what it works on ends first
    void setPort(const QString &name, quint16 port); // from its next start on; 0: a free one
    // Stops those of the services that run, and starts them again; with the registry all of them, as the runners are
    // registered there.
    void restart(const QStringList &names);
    // What the services use from their next start on.
    ServiceSettings settings() const;
    // Changes that. Further runners are added, and start when the registry is up; runners that are too many stop and
    // leave the list. Returns the services that run with other values: restart() makes the new ones count.
    QStringList reconfigure(const ServiceSettings &settings);
    bool isReady() const; // registry and at least one runner are up

    // Lets the runners of this process work on `workspace`: call it when the user picks a task there.
    void allowWorkspace(const QString &workspace);

    // Sends a run through the relay; the ticket names it in the signals below. `request.runner`: a name of services().
    // `taskFile`: where the file that the request names lies on this machine. A runner of another process is sent its
    // contents, as it need not have that file; empty: it has.
    quint64 run(const Relay::RunRequest &request, const QString &taskFile = {});
    void cancel(quint64 ticket);
    void proceed(quint64 ticket); // once for each runnerChosen()

    // Reads from a runner; the ticket names the answer in answered().
    quint64 look(const Relay::Lookup &lookup);

Q_SIGNALS:
    void serviceChanged(const PatchPanel::App::ServiceInfo &service);
    void serviceRemoved(const QString &name); // a remote one has left the registry
    void redisChanged(const PatchPanel::App::RedisState &redis);
    void servicesListed(); // services were added or have left
    void ready(); // startAll succeeded
    void startFailed(const PatchPanel::Error &error);
    void allStopped();
    void runnerChosen(quint64 ticket, const PatchPanel::Relay::Instance &runner); // as Relay::runnerChosen()
    void runAccepted(quint64 ticket, const QString &runId, const QString &runner);
    void stepChanged(quint64 ticket, const PatchPanel::Step &step);
    // As Relay::runConnectionChanged().
    void runConnectionChanged(quint64 ticket, const QString &problem);
    void runFinished(quint64 ticket, const PatchPanel::Relay::RunOutcome &outcome);
    void answered(quint64 ticket, const PatchPanel::Relay::LookupAnswer &answer);

private:
    class Private;
    std::unique_ptr<Private> d;
};

} // namespace PatchPanel::App

Q_DECLARE_METATYPE(PatchPanel::App::ServiceInfo)
