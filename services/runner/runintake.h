#pragma once

#include "services/http/message.h"
#include "services/http/pending.h"
#include "services/runner/idempotencykeys.h"
#include "services/runner/runner.h"

#include <QHash>
#include <QObject>

namespace PatchPanel::Runner {

// Takes the requests that start a run and answers them: with the run's result, or at once. A request with an
// Idempotency-Key starts one run, also when it comes twice or after a restart: with a history, its key is on the disk
// before the run can start and before anything is answered. Lives on the server's thread; owned by RunnerApi. The
// runner must outlive it.
class RunIntake : public QObject {
    Q_OBJECT
public:
    explicit RunIntake(Runner &runner, QObject *parent = nullptr);
    // Waits for what is being read of the history.
    ~RunIntake() override;

    // `wanted` is what the request asks for, or why it cannot be understood.
    void start(const Result<RunRequest> &wanted, const Http::Request &request, const Http::Pending &pending);

private:
    // How a client wants to learn the result of its run (RFC 7240, `Prefer: respond-async`).
    enum class Respond { WithResult, AtOnce };

    Storage::KeyedRun keyedRun(const RunRequest &wanted, const QString &workspace, const Http::Request &request) const;
    void claimKey(const RunRequest &wanted, const Storage::KeyedRun &run, const Http::Request &request,
                  const Http::Pending &pending);
    void startKeyed(const RunRequest &wanted, const Storage::KeyedRun &run, const Http::Request &request,
                    const Http::Pending &pending);
    void refuseKeyed(const Error &error, const Storage::KeyedRun &run, const Http::Pending &pending);
    void answerKnownKey(const IdempotencyKeys::Known &known, const Http::Request &request,
                        const Http::Pending &pending);
    void answerStored(const Storage::KeyedRun &run, const Http::Request &request, const Http::Pending &pending);
    void answerRun(const QString &runId, Respond respond, const Http::Pending &pending);
    void onRunFinished(const QString &runId);

    Runner &m_runner;
    const QString m_process; // the identity of this one
    IdempotencyKeys m_keys; // of this process
    QHash<QString, QList<Http::Pending>> m_waiting; // by run
};

} // namespace PatchPanel::Runner
