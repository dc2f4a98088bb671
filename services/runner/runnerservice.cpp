#include "services/runner/runnerservice.h"

#include "services/common/ids.h"
#include "services/common/json.h"
#include "services/runner/queueworker.h"
#include "services/runner/registration.h"
#include "services/runner/runner.h"
#include "services/runner/runnerapi.h"
#include "services/runner/runpublisher.h"
#include "services/storage/cache.h"
#include "services/storage/lock.h"

#include <QCoreApplication>
#include <QPointer>
#include <QTimer>

#include <utility>

namespace PatchPanel::Runner {

namespace {

using namespace std::chrono_literals;

constexpr auto resultGrace = 500ms; // for clients to fetch the result of the last run
constexpr auto farewellTime = 1s;
constexpr auto settlingTime = 3s; // for the queue to hear how its last jobs ended
constexpr int workerIdBytes = 4;

} // namespace

// Holds what exists between start() and stop(), in the order in which it is made.
class RunnerService::Private : public QObject {
public:
    Private(RunnerService *service, RunnerOptions runnerOptions, Log::Store &store)
        : QObject(service) // so that it moves to the service's thread with it
        , q(service)
        , options(std::move(runnerOptions))
        , log(store)
        , writer(store, options.name.toUtf8())
    {
    }

    Result<void> build();
    Result<std::unique_ptr<Storage::Lock>> makeLock() const;
    void keepHistory();
    Result<void> workForQueue();
    Result<void> publishRuns();
    void announce();
    void goLive();
    void fail(const Error &error);
    void drain();
    void hurry();
    void leave();
    void queueIsSettled();
    void closeServer();
    void dismantle();
    RunnerSettings settings() const;
    QByteArray heartbeatNote() const;

    RunnerService *q;
    RunnerOptions options;
    Log::Store &log;
    Log::Writer writer;
    std::unique_ptr<Runner> runner;
    std::unique_ptr<RunPublisher> publisher;
    std::unique_ptr<QueueWorker> worker;
    std::unique_ptr<Http::Server> server;
    std::unique_ptr<RunnerApi> api;
    std::unique_ptr<Registration> registration;
    QString historyId; // its identity; empty: none
    QUrl url;
    bool live = false; // `started` was sent
    bool leaving = false;
    bool isQueueSettled = true; // the queue knows of every job that was taken
    bool waitsForQueue = false; // before it leaves
};

RunnerSettings RunnerService::Private::settings() const
{
    RunnerSettings result;
    result.name = options.name;
    result.defaultWorkspace = options.defaultWorkspace;
    result.queueLimit = options.queueLimit;
    result.slots = options.slots;
    result.trust = options.client.trust;
    return result;
}

QByteArray RunnerService::Private::heartbeatNote() const
{
    if (runner->isDraining()) {
        return "draining";
    }
    return compactJson({{QStringLiteral("active"), runner->activeRuns()},
                        {QStringLiteral("queued"), runner->queuedRuns()},
                        {QStringLiteral("slots"), runner->settings().slots}});
}

Result<void> RunnerService::Private::build()
{
    Result<std::unique_ptr<Storage::Cache>> cache = Storage::makeCache(options.redisUrl);
    if (!cache) {
        return cache.error();
    }
    Result<std::unique_ptr<Storage::Lock>> lock = makeLock();
    if (!lock) {
        return lock.error();
    }
    runner = std::make_unique<Runner>(settings(), std::move(cache).value(), std::move(lock).value(), log);
    runner->addWorkspaceRoot(options.defaultWorkspace);
    for (const QString &root : std::as_const(options.workspaceRoots)) {
        runner->addWorkspaceRoot(root);
    }
    keepHistory();
    if (Result<void> publishes = publishRuns(); !publishes) {
        return publishes;
    }
    if (Result<void> works = workForQueue(); !works) {
        return works;
    }
    Http::ServerOptions serverOptions = options.server;
    serverOptions.service = options.name;
    server = std::make_unique<Http::Server>(serverOptions, writer);
    api = std::make_unique<RunnerApi>(*server, *runner, log);
    const Result<QUrl> listening = server->listen();
    if (!listening) {
        return listening.error();
    }
    url = *listening;
    return {};
}

Result<std::unique_ptr<Storage::Lock>> RunnerService::Private::makeLock() const
{
    return Storage::makeLock(options.redisUrl, {.path = options.defaultWorkspace, .id = options.sharedWorkspace});
}

Result<void> RunnerService::Private::publishRuns()
{
    if (options.redisUrl.isEmpty()) {
        return {};
    }
    const Result<Storage::RedisUrl> redis = Storage::parseRedisUrl(options.redisUrl);
    if (!redis) {
        return redis.error();
    }
    publisher = std::make_unique<RunPublisher>(*runner, *redis, log, writer);
    return {};
}

// Takes the first job when the runner is live.
Result<void> RunnerService::Private::workForQueue()
{
    if (!options.queue) {
        return {};
    }
    const Storage::QueueSettings settings{
        .redisUrl = options.redisUrl,
        .folder = options.stateFolder,
        .name = options.queue->name,
        .worker = QStringLiteral("%1 of process %2 on %3 (%4)")
                      .arg(options.name)
                      .arg(QCoreApplication::applicationPid())
                      .arg(QSysInfo::machineHostName(), QString::fromLatin1(randomHex(workerIdBytes))),
        .takeover = options.queue->takeover};
    if (const auto queue = Storage::makeQueue(settings); !queue) {
        return queue.error();
    }
    worker = std::make_unique<QueueWorker>(*runner, settings, options.queue->token, writer);
    connect(worker.get(), &QueueWorker::settled, this, &Private::queueIsSettled);
    return {};
}

// Without it everything still runs.
void RunnerService::Private::keepHistory()
{
    if (options.stateFolder.isEmpty()) {
        return;
    }
    const auto mayRead = [roots = runner->roots()](const QString &workspace) {
        const Result<QString> found = roots.resolve(workspace);
        return found || found.error().code != ErrorCode::OutsideWorkspace;
    };
    Result<std::unique_ptr<Storage::History>> history = Storage::History::open(options.stateFolder, mayRead);
    if (!history) {
        writer.warning("HISTORY", history.error().toString());
        return;
    }
    Result<std::unique_ptr<Storage::Lock>> lock = makeLock();
    if (!lock) {
        writer.warning("HISTORY", lock.error().toString());
        return;
    }
    historyId = (*history)->identity();
    runner->setHistory(std::make_unique<RunHistory>(std::move(history).value(), std::move(lock).value(), writer,
                                                    options.historyLimits));
}

void RunnerService::Private::announce()
{
    if (options.registry.isEmpty()) {
        goLive();
        return;
    }
    RegistrationOptions registrationOptions;
    registrationOptions.registry = options.registry;
    registrationOptions.client = options.client;
    registrationOptions.client.token = options.server.token;
    // Others may call a runner the same, in another process or on another machine.
    registrationOptions.id = QStringLiteral("%1-%2-%3").arg(options.name, QSysInfo::machineHostName()).arg(url.port());
    registrationOptions.name = options.name;
    registrationOptions.slots = options.slots;
    registrationOptions.history = historyId;
    registrationOptions.address = url;
    registration = std::make_unique<Registration>(
        registrationOptions, [this] { return heartbeatNote(); }, writer);
    connect(registration.get(), &Registration::registered, this, &Private::goLive);
    connect(registration.get(), &Registration::refused, this, &Private::fail, Qt::QueuedConnection);
    connect(registration.get(), &Registration::ended, this, &Private::closeServer, Qt::QueuedConnection);
    registration->start();
}

void RunnerService::Private::goLive()
{
    if (live || leaving) {
        return;
    }
    live = true;
    const QString where = options.registry.isEmpty() ? QStringLiteral("no registry")
                                                     : QStringLiteral("registry %1").arg(options.registry.toString());
    runner->setRuntimeNotes({QStringLiteral("%1 at %2, %3").arg(options.name, url.toString(), where)});
    writer.info("", QStringLiteral("Runner microservice live"));
    if (worker) {
        isQueueSettled = false;
        worker->start();
        writer.info("QUEUE", QStringLiteral("Taking jobs from the queue %1").arg(options.queue->name));
    }
    Q_EMIT q->started(url);
}

// A registry that refuses a runner which it had accepted is treated as lost, not as a failed start.
void RunnerService::Private::fail(const Error &error)
{
    if (live || leaving) {
        return;
    }
    registration.reset();
    api.reset();
    server.reset();
    worker.reset();
    publisher.reset();
    runner.reset();
    Q_EMIT q->failed(error);
}

void RunnerService::Private::drain()
{
    if (leaving) {
        return;
    }
    if (!server) {
        Q_EMIT q->stopped();
        return;
    }
    leaving = true;
    if (worker) {
        worker->drain();
    }
    runner->drain();
    if (runner->activeRuns() == 0) {
        leave();
        return;
    }
    writer.info("RUNNER",
                QStringLiteral("Shutting down: no new runs, those in progress (%1) have %2 s to end")
                    .arg(runner->activeRuns())
                    .arg(std::chrono::duration_cast<std::chrono::seconds>(options.drainTime).count()));
    if (registration) {
        registration->beat();
    }
    connect(runner.get(), &Runner::becameIdle, this,
            [this] { QTimer::singleShot(resultGrace, this, [this] { leave(); }); });
    QTimer::singleShot(options.drainTime, runner.get(), [this] { runner->cancelActive(); });
}

void RunnerService::Private::hurry()
{
    if (leaving && runner->activeRuns() > 0) {
        writer.warning("RUNNER", QStringLiteral("Shutting down at once: runs in progress are cancelled"));
        runner->cancelActive();
    }
}

// The queue first: what it is not told of the runs, another worker finds out only after a while.
void RunnerService::Private::leave()
{
    if (!isQueueSettled) {
        waitsForQueue = true;
        QTimer::singleShot(settlingTime, worker.get(), [this] { queueIsSettled(); });
        return;
    }
    if (registration) {
        registration->end();
    } else {
        closeServer();
    }
}

void RunnerService::Private::queueIsSettled()
{
    isQueueSettled = true;
    if (std::exchange(waitsForQueue, false)) {
        leave();
    }
}

void RunnerService::Private::closeServer()
{
    const auto end = [this, closing = QPointer(server.get())] {
        QMetaObject::invokeMethod(
            this,
            [this, closing] {
                if (closing) {
                    dismantle();
                }
            },
            Qt::QueuedConnection);
    };
    server->stopAccepting();
    if (server->openConnections() == 0) {
        end();
        return;
    }
    connect(server.get(), &Http::Server::lastConnectionGone, this, end); // answers may wait in the sockets still
    QTimer::singleShot(farewellTime, server.get(), end);
}

void RunnerService::Private::dismantle()
{
    registration.reset();
    api.reset();
    server.reset();
    worker.reset();
    publisher.reset();
    runner.reset();
    live = false;
    leaving = false;
    Q_EMIT q->stopped();
}

RunnerService::RunnerService(RunnerOptions options, Log::Store &log)
    : d(std::make_unique<Private>(this, std::move(options), log))
{
}

RunnerService::~RunnerService() = default;

void RunnerService::start()
{
    if (const Result<void> built = d->build(); !built) {
        d->fail(built.error());
        return;
    }
    d->announce();
}

void RunnerService::stop()
{
    d->drain();
}

void RunnerService::greetRegistry()
{
    if (d->registration && d->live) {
        d->registration->beat();
    }
}

void RunnerService::hurry()
{
    d->hurry();
}

void RunnerService::addWorkspaceRoot(const QString &path)
{
    d->options.workspaceRoots.append(path);
    if (d->runner) {
        d->runner->addWorkspaceRoot(path);
    }
}

} // namespace PatchPanel::Runner
