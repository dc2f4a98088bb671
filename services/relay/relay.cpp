#include "services/relay/relay.h"

#include "services/http/client.h"
#include "services/relay/balancer.h"
#include "services/relay/dispatch.h"
#include "services/relay/ejections.h"
#include "services/relay/follower.h"
#include "services/relay/outcome.h"
#include "services/relay/registryclient.h"
#include "services/relay/registrywatch.h"
#include "services/relay/retrybudget.h"

#include <QElapsedTimer>
#include <QJsonDocument>
#include <QRandomGenerator>
#include <QTimer>

#include <algorithm>
#include <deque>
#include <map>
#include <utility>
#include <vector>

namespace PatchPanel::Relay {

namespace {

const QString runnerService = QStringLiteral("runner");

// One run from run() to runFinished. The follower takes over once a runner took the task.
struct Run {
    QString workspace = {};
    QString wanted = {}; // name or id of the runner that has to do it; empty: any
    Place sentTo = {}; // before: as in its request
    QElapsedTimer time = {};
    Instance runner = {}; // chosen; without an id before that
    bool isCancelled = false;
    std::unique_ptr<Dispatch> dispatch = {};
    std::unique_ptr<Follower> follower = {};
};

using Runs = std::map<quint64, Run>;

// Those that know what was sent to that place. NoRunner when there are some, but none of those.
Result<QList<Instance>> knowingInstances(const Place &place, const QList<Instance> &instances)
{
    QList<Instance> found = instancesAt(place, instances);
    if (found.isEmpty() && !place.isEmpty()) {
        return Error{ErrorCode::NoRunner,
                     QStringLiteral("Only %1 knows what became of this run, and it is not up").arg(place.runner),
                     QStringLiteral("start it again with its profile and resume then; or look at the workspace")};
    }
    return found;
}

// The first that takes something.
std::optional<Instance> firstOf(const QList<Instance> &instances, const QSet<QString> &tried)
{
    const auto found = std::find_if(instances.begin(), instances.end(), [&tried](const Instance &instance) {
        return !instance.isDraining() && !tried.contains(instance.id);
    });
    return found == instances.end() ? std::nullopt : std::optional(*found);
}

// Those that may do it. NoRunner when a runner was asked for by name and is not among them.
Result<QList<Instance>> instancesFor(const QString &wanted, const QList<Instance> &instances)
{
    if (wanted.isEmpty()) {
        return instances;
    }
    QList<Instance> named;
    QStringList names;
    for (const Instance &instance : instances) {
        names.append(instance.name);
        if (instance.name == wanted || instance.id == wanted) {
            named.append(instance);
        }
    }
    if (named.isEmpty()) {
        return Error{
            ErrorCode::NoRunner, QStringLiteral("No runner named %1 is up").arg(wanted),
            names.isEmpty()
                ? QStringLiteral("start it with \"patchpanel serve\"; nothing was started")
                : QStringLiteral("choose one of %1; nothing was started").arg(names.join(QStringLiteral(", ")))};
    }
    return named;
}

} // namespace

class Relay::Private {
public:
    Private(Relay *relay, RelayOptions relayOptions, Log::Writer writer)
        : q(relay)
        , options(std::move(relayOptions))
        , log(std::move(writer))
    {
    }

    void resolve(QObject *context, RegistryClient::Done done);
    void watchRegistry();
    void note(const QList<Instance> &instances);
    void dispatch(quint64 ticket, const RunRequest &request);
    void startWaiting();
    bool mustWait(const Run &run) const;
    void judge(const Instance &runner, Verdict verdict);
    void probeAt(const Instance &runner, Ejections::Time when);
    void probe(const Instance &runner);
    std::optional<Instance> choose(quint64 ticket, const QList<Instance> &instances, const QSet<QString> &tried);
    std::optional<Instance> instanceWorkingOn(const QString &workspace, const QList<Instance> &instances,
                                              const QSet<QString> &tried) const;
    void follow(quint64 ticket, const Instance &runner, const QString &runId);
    void finish(quint64 ticket, RunOutcome outcome);
    void release(const Instance &runner);
    void look(quint64 ticket, const Lookup &lookup, const Instance &runner);

    Relay *q;
    RelayOptions options;
    QList<QUrl> ownRunners;
    Log::Writer log;
    std::unique_ptr<Http::Client> client; // from start() to stop()
    std::unique_ptr<RegistryClient> registry;
    std::unique_ptr<RegistryWatch> watch; // from the second run on: one alone needs no cache
    bool watchesAlways = false;
    Ejections ejections{[] {
        return QRandomGenerator::global()->generateDouble();
    }};
    RetryBudget retries;
    QList<Instance> present; // the runners that the registry told of last
    std::deque<quint64> waiting; // for a free slot
    Runs runs;
    std::vector<Runs::node_type> ended; // their objects may still be sending the signal that ended them
    QHash<QString, Load> loads; // by instance id
    quint64 choices = 0;
};

// Calls `done` with the runners that there are: from the watch where that is possible, also what it knew last when the
// registry is away.
void Relay::Private::resolve(QObject *context, RegistryClient::Done done)
{
    if (q->knowsRunners()) {
        done(watch->instances());
        return;
    }
    registry->resolve(runnerService, context, [this, done = std::move(done)](const Result<QList<Instance>> &instances) {
        if (instances) {
            note(*instances);
        }
        const bool isAway = !instances && instances.error().code == ErrorCode::NoRegistry;
        if (isAway && watch && !watch->instances().isEmpty()) {
            log.warning("RELAY", instances.error().message + QStringLiteral("; its last answer is used"));
            done(watch->instances());
        } else {
            done(instances);
        }
    });
}

void Relay::Private::watchRegistry()
{
    watch = std::make_unique<RegistryWatch>(*client, options.registry, runnerService);
    connect(watch.get(), &RegistryWatch::changed, q, [this] {
        note(watch->instances());
        Q_EMIT q->runnersChanged(watch->instances(), true);
    });
    connect(watch.get(), &RegistryWatch::lost, q, [this] { Q_EMIT q->runnersChanged(watch->instances(), false); });
}

void Relay::Private::note(const QList<Instance> &instances)
{
    ejections.keepOnly(instances);
    present = instances;
    startWaiting();
}

void Relay::Private::judge(const Instance &runner, Verdict verdict)
{
    if (verdict == Verdict::Answered) {
        ejections.succeeded(runner.id);
        return;
    }
    const bool isUnreached = verdict == Verdict::NotReached;
    const Ejections::Time now = std::chrono::steady_clock::now();
    const auto until =
        ejections.failed(runner.id, isUnreached ? Ejections::Failure::Connect : Ejections::Failure::Gateway, now);
    if (until) {
        log.warning("RELAY",
                    QStringLiteral("%1 (%2) is left out for %3 s: %4")
                        .arg(runner.name, runner.url.toString())
                        .arg(std::chrono::duration_cast<std::chrono::seconds>(*until - now).count())
                        .arg(isUnreached ? QStringLiteral("it could not be reached")
                                         : QStringLiteral("it answered with gateway errors")));
        probeAt(runner, *until);
    }
}

void Relay::Private::probeAt(const Instance &runner, Ejections::Time when)
{
    const auto delay = std::chrono::duration_cast<std::chrono::milliseconds>(when - std::chrono::steady_clock::now());
    QTimer::singleShot(std::max(delay, std::chrono::milliseconds(0)), client.get(), [this, runner] { probe(runner); });
}

// A runner is back when the registry still has its heartbeat and it says itself that it is well.
void Relay::Private::probe(const Instance &runner)
{
    if (!ejections.isEjected(runner.id)) {
        return;
    }
    QUrl health = runner.url;
    health.setPath(QStringLiteral("/health"));
    client->send({.url = health}, client.get(), [this, runner](const Http::Reply &reply) {
        const bool isPresent = std::any_of(present.begin(), present.end(),
                                           [&runner](const Instance &instance) { return instance.id == runner.id; });
        if (reply.ok() && isPresent) {
            ejections.readmit(runner.id);
            startWaiting();
            log.info("RELAY", QStringLiteral("%1 (%2) is back").arg(runner.name, runner.url.toString()));
        } else if (ejections.isEjected(runner.id)) {
            probeAt(runner, ejections.prolong(runner.id, std::chrono::steady_clock::now()));
        }
    });
}

void Relay::Private::dispatch(quint64 ticket, const RunRequest &request)
{
    retries.earn();
    if (choices > 0 && !watch) {
        watchRegistry();
    }
    Run &run = runs[ticket];
    run.workspace = request.workspace;
    run.wanted = request.runner;
    run.sentTo = request.sentTo;
    run.time.start();
    const auto chooser = [this, ticket](const QList<Instance> &instances, const QSet<QString> &tried) {
        return choose(ticket, instances, tried);
    };
    run.dispatch = std::make_unique<Dispatch>(
        *client, request, chooser, [this] { return retries.spend(); }, options.lease);
    Dispatch *const dispatch = run.dispatch.get();
    connect(dispatch, &Dispatch::chosen, q,
            [this, ticket](const Instance &runner) { Q_EMIT q->runnerChosen(ticket, runner); });
    connect(dispatch, &Dispatch::accepted, q,
            [this, ticket](const Instance &runner, const QString &runId) { follow(ticket, runner, runId); });
    connect(dispatch, &Dispatch::answered, q, [this, ticket](const Instance &, const Http::Reply &reply) {
        const RunOutcome outcome = *outcomeOf(reply);
        Q_EMIT q->runAccepted(ticket, outcome.runId, runs[ticket].runner.name);
        finish(ticket, outcome);
    });
    connect(dispatch, &Dispatch::failed, q, [this, ticket](const Error &error, const Http::Reply &reply) {
        RunOutcome outcome = outcomeOf(error);
        outcome.httpStatus = reply.status;
        outcome.body = reply.body;
        outcome.response = QJsonDocument::fromJson(reply.body).object();
        finish(ticket, std::move(outcome));
    });
    connect(dispatch, &Dispatch::passedOn, q, [this](const Instance &runner, const QString &reason) {
        log.warning("RELAY", QStringLiteral("%1 did not take the task: %2").arg(runner.name, reason));
    });
    connect(dispatch, &Dispatch::judged, q,
            [this](const Instance &runner, Verdict verdict) { judge(runner, verdict); });
    resolve(dispatch, [this, ticket, dispatch](const Result<QList<Instance>> &instances) {
        const Run &resolved = runs[ticket];
        if (!instances || !mustWait(resolved)) {
            const Result<QList<Instance>> known = instances ? knowingInstances(resolved.sentTo, *instances) : instances;
            dispatch->start(known ? instancesFor(resolved.wanted, *known) : known);
            return;
        }
        log.info("RELAY",
                 QStringLiteral("Waiting for a runner: all %1 are at work, and %2 runs wait before this one")
                     .arg(present.size())
                     .arg(waiting.size()));
        waiting.push_back(ticket);
    });
}

// A run waits here and not in the queue of a runner, which might die with it; but behind a run of the same workspace it
// waits with that one's runner, as does one that a certain runner has to do.
bool Relay::Private::mustWait(const Run &run) const
{
    return run.wanted.isEmpty() && run.sentTo.isEmpty() && !instanceWorkingOn(run.workspace, present, {})
        && areAllFull(present, loads, ejections.leftOut(present));
}

void Relay::Private::startWaiting()
{
    while (!waiting.empty()) {
        const auto run = runs.find(waiting.front());
        if (run != runs.end() && mustWait(run->second)) {
            return;
        }
        waiting.pop_front();
        if (run != runs.end()) { // else it was cancelled
            run->second.dispatch->start(present);
        }
    }
}

std::optional<Instance> Relay::Private::choose(quint64 ticket, const QList<Instance> &instances,
                                               const QSet<QString> &tried)
{
    Run &run = runs[ticket];
    release(std::exchange(run.runner, {}));
    std::optional<Instance> chosen =
        run.sentTo.isEmpty() ? instanceWorkingOn(run.workspace, instances, tried) : firstOf(instances, tried);
    if (!chosen && run.sentTo.isEmpty()) {
        const RandomBelow random = [](qsizetype bound) {
            return static_cast<qsizetype>(QRandomGenerator::global()->bounded(static_cast<quint32>(bound)));
        };
        chosen = chooseInstance(instances, loads, tried + ejections.leftOut(instances), random);
    }
    if (chosen) {
        run.runner = *chosen;
        Load &load = loads[chosen->id];
        ++load.outstanding;
        load.lastUsed = ++choices;
    }
    return chosen;
}

std::optional<Instance> Relay::Private::instanceWorkingOn(const QString &workspace, const QList<Instance> &instances,
                                                          const QSet<QString> &tried) const
{
    for (const auto &[ticket, run] : runs) {
        if (run.workspace != workspace || run.runner.id.isEmpty()) {
            continue;
        }
        const auto isItsRunner = [&run = run](const Instance &instance) {
            return instance.id == run.runner.id;
        };
        const auto found = std::find_if(instances.begin(), instances.end(), isItsRunner);
        if (found != instances.end() && !found->isDraining() && !tried.contains(found->id)) {
            return *found;
        }
    }
    return std::nullopt;
}

void Relay::Private::follow(quint64 ticket, const Instance &runner, const QString &runId)
{
    Run &run = runs[ticket];
    run.follower = std::make_unique<Follower>(*client, runner, runId, options.lease,
                                              ownRunners.contains(runner.url) ? Follower::Lines::NotWanted
                                                                              : Follower::Lines::Wanted);
    Follower *const follower = run.follower.get();
    connect(follower, &Follower::stepChanged, q,
            [this, ticket](const Step &step) { Q_EMIT q->stepChanged(ticket, step); });
    connect(follower, &Follower::lineReceived, q,
            [this, ticket, url = runner.url](const Log::Line &line) { Q_EMIT q->lineReceived(ticket, url, line); });
    connect(follower, &Follower::connectionLost, q,
            [this, ticket](const QString &reason) { Q_EMIT q->runConnectionChanged(ticket, reason); });
    connect(follower, &Follower::connectionRestored, q, [this, ticket] { Q_EMIT q->runConnectionChanged(ticket, {}); });
    connect(follower, &Follower::ended, q,
            [this, ticket](const Http::Reply &reply) { finish(ticket, *outcomeOf(reply)); });
    connect(follower, &Follower::lost, q, [this, ticket, runId](const Error &error) {
        RunOutcome outcome;
        outcome.runId = runId;
        outcome.error = error;
        finish(ticket, std::move(outcome));
    });
    if (run.isCancelled) {
        follower->cancel();
    }
    Q_EMIT q->runAccepted(ticket, runId, runner.name);
}

void Relay::Private::finish(quint64 ticket, RunOutcome outcome)
{
    const Run &run = ended.emplace_back(runs.extract(ticket)).mapped();
    QMetaObject::invokeMethod(
        q,
        [this] {
            ended.clear();
            startWaiting();
        },
        Qt::QueuedConnection);
    release(run.runner);
    outcome.totalMs = run.time.elapsed();
    if (outcome.runner.isEmpty()) {
        outcome.runner = run.runner.name;
    }
    const Log::Level level = isSuccess(outcome.status) ? Log::Level::Info : Log::Level::Error;
    log.forRun(outcome.runId).write(level, "RELAY", QString::fromUtf8(summaryLine(outcome)));
    Q_EMIT q->runFinished(ticket, outcome);
}

void Relay::Private::release(const Instance &runner)
{
    if (const auto load = loads.find(runner.id); load != loads.end()) {
        --load->outstanding;
    }
}

void Relay::Private::look(quint64 ticket, const Lookup &lookup, const Instance &runner)
{
    QUrl url = runner.url;
    url.setPath(lookup.path);
    url.setQuery(lookup.query);
    const Http::Method method = lookup.removes ? Http::Method::Delete : Http::Method::Get;
    const Http::ClientRequest request{.method = method, .url = url, .headers = {{"Accept", lookup.accept}}};
    client->send(request, q, [this, ticket](const Http::Reply &reply) {
        LookupAnswer answer{.body = reply.body};
        if (!reply.ok()) {
            answer.error = reply.failure();
        }
        Q_EMIT q->answered(ticket, answer);
    });
}

Relay::Relay(RelayOptions options, Log::Writer log)
    : d(std::make_unique<Private>(this, std::move(options), std::move(log)))
{
}

Relay::~Relay() = default;

void Relay::start()
{
    if (d->client) {
        return;
    }
    d->client = std::make_unique<Http::Client>(d->options.client);
    d->registry = std::make_unique<RegistryClient>(*d->client, d->options.registry);
    if (d->watchesAlways && !d->options.registry.isEmpty()) {
        d->watchRegistry();
    }
}

void Relay::stop()
{
    d->runs.clear();
    d->ended.clear();
    d->waiting.clear();
    d->present.clear();
    d->loads.clear();
    d->watch.reset();
    d->registry.reset();
    d->client.reset();
    Q_EMIT stopped();
}

void Relay::setOwnRunners(const QList<QUrl> &runners)
{
    d->ownRunners = runners;
}

void Relay::setRegistry(const QUrl &registry)
{
    d->options.registry = registry;
    if (d->registry) {
        d->registry->setRegistry(registry);
        d->watch.reset();
        if (d->watchesAlways) {
            d->watchRegistry();
        }
    }
}

void Relay::watchRunners()
{
    d->watchesAlways = true;
    if (d->client && !d->watch && !d->options.registry.isEmpty()) {
        d->watchRegistry();
    }
}

void Relay::run(quint64 ticket, const RunRequest &request)
{
    if (!d->client) {
        RunOutcome outcome = outcomeOf(Error{ErrorCode::Unavailable, QStringLiteral("The relay is not running")});
        Q_EMIT runFinished(ticket, outcome);
        return;
    }
    d->dispatch(ticket, request);
}

void Relay::look(quint64 ticket, const Lookup &lookup)
{
    if (!d->client) {
        Q_EMIT answered(ticket, {.error = Error{ErrorCode::Unavailable, QStringLiteral("The relay is not running")}});
        return;
    }
    d->resolve(this, [this, ticket, lookup](const Result<QList<Instance>> &known) {
        const Result<QList<Instance>> instances = known ? knowingInstances(lookup.place, *known) : known;
        if (instances) {
            const auto isSettled = [](const Instance &instance) {
                return !instance.isDraining();
            };
            const auto best = std::find_if(instances->begin(), instances->end(), isSettled);
            d->look(ticket, lookup, best == instances->end() ? instances->first() : *best);
        } else {
            Q_EMIT answered(ticket, {.error = instances.error()});
        }
    });
}

void Relay::proceed(quint64 ticket)
{
    if (const auto run = d->runs.find(ticket); run != d->runs.end()) { // else it was cancelled meanwhile
        run->second.dispatch->proceed();
    }
}

bool Relay::knowsRunners() const
{
    return d->watch && d->watch->isFresh() && !d->watch->instances().isEmpty();
}

void Relay::cancel(quint64 ticket)
{
    const auto found = d->runs.find(ticket);
    if (found == d->runs.end()) {
        return;
    }
    Run &run = found->second;
    run.isCancelled = true;
    if (run.follower) {
        run.follower->cancel();
    } else if (run.dispatch->abandon()) {
        d->finish(
            ticket,
            outcomeOf(Error{ErrorCode::Cancelled, QStringLiteral("Cancelled before the task was sent to a runner")}));
    }
}

} // namespace PatchPanel::Relay
