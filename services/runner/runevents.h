#pragma once

#include "services/http/server.h"
#include "services/log/logstore.h"
#include "services/runner/runner.h"

#include <QObject>

#include <memory>
#include <vector>

namespace PatchPanel::Runner {

// Sends runs as Server-Sent Events: `log` (a Log::Line), `step` (a Step) and at the end `result`, after which the
// stream is closed. The id of an event is the log offset at which a client that reconnects goes on. Lives on the
// server's thread.
class RunEvents : public QObject {
    Q_OBJECT
public:
    RunEvents(Runner &runner, Log::Store &log, QObject *parent = nullptr);
    ~RunEvents() override;

    // GET /runs/:id/events; Last-Event-ID resumes. NotFound for an unknown run.
    Result<void> open(const Http::Request &request, const Http::EventStream &stream);

private:
    struct Follower;

    void sendAll();
    void sendTo(Follower &follower);
    bool sendLines(Follower &follower, const RunRecord &record);
    void goOnSoon();
    void sendSteps(Follower &follower, const RunRecord &record);
    void forgetClosed();

    Runner &m_runner;
    Log::Store &m_log;
    std::vector<std::shared_ptr<Follower>> m_followers;
    bool m_goingOn = false; // a further slice is on its way
    std::unique_ptr<Log::Store::Subscription> m_subscription;
};

} // namespace PatchPanel::Runner
