#pragma once

#include "services/common/step.h"
#include "services/http/clientoptions.h"
#include "services/log/logwriter.h"
#include "services/relay/instance.h"
#include "services/relay/lookup.h"
#include "services/relay/runrequest.h"

#include <QObject>
#include <QUrl>

#include <chrono>
#include <memory>

namespace PatchPanel::Relay {

struct RelayOptions {
    QUrl registry = {};
    Http::ClientOptions client = {};
    std::chrono::milliseconds lease = std::chrono::seconds(15); // of a runner: silent for longer, its run is given up
};

// Resolves a runner through the registry, sends it the task (POST /run-patch, `Prefer: respond-async`), follows the
// run's events and reads its result from GET /runs/ID; the state never comes from the log. Logs "[RELAY] {…}" (the
// result without the bulky members) as the last line of a run. Lives on a thread of its own; owned by ServiceHost.
class Relay : public QObject {
    Q_OBJECT
public:
    Relay(RelayOptions options, Log::Writer log);
    ~Relay() override;

    // Any of these: on the relay's thread. `ticket` is the caller's number for the run.
    void start(); // makes the HTTP client
    void stop(); // forgets what it follows; the runs go on. Not from a slot of a signal below
    void setRegistry(const QUrl &registry);
    // The runners at these addresses write into the log of this process: it is not read from them again.
    void setOwnRunners(const QList<QUrl> &runners);
    void run(quint64 ticket, const PatchPanel::Relay::RunRequest &request);
    void cancel(quint64 ticket);
    // Once for each runnerChosen(): the request may go there.
    void proceed(quint64 ticket);
    // Reads from a runner that is up; `ticket` is the caller's number for the answer.
    void look(quint64 ticket, const PatchPanel::Relay::Lookup &lookup);
    // From now on the registry is watched all the time: runnersChanged().
    void watchRunners();
    // Whether the next run needs no round trip to the registry.
    bool knowsRunners() const;

Q_SIGNALS:
    void stopped();
    // A run that waitsBeforeSending is about to be sent there.
    void runnerChosen(quint64 ticket, const PatchPanel::Relay::Instance &runner);
    void runAccepted(quint64 ticket, const QString &runId, const QString &runner);
    void stepChanged(quint64 ticket, const PatchPanel::Step &step);
    // A line of the run's log as the runner at that address sent it, which is none of setOwnRunners().
    void lineReceived(quint64 ticket, const QUrl &runner, const PatchPanel::Log::Line &line);
    // The runner stopped answering during the run, for which reason; empty: it is back. The run may well go on.
    void runConnectionChanged(quint64 ticket, const QString &problem);
    void runFinished(quint64 ticket, const PatchPanel::Relay::RunOutcome &outcome);
    // The passing runners; not `isFresh`: those that the registry told before it stopped answering. After
    // watchRunners().
    void runnersChanged(const QList<PatchPanel::Relay::Instance> &runners, bool isFresh);
    void answered(quint64 ticket, const PatchPanel::Relay::LookupAnswer &answer);

private:
    class Private;
    std::unique_ptr<Private> d;
};

} // namespace PatchPanel::Relay
