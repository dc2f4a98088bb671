#pragma once

#include "services/http/client.h"
#include "services/relay/instance.h"
#include "services/relay/runrequest.h"
#include "services/relay/silence.h"

#include <QObject>
#include <QSet>
#include <QStringList>

#include <functional>
#include <optional>

namespace PatchPanel::Relay {

// Of an attempt to reach a runner.
enum class Verdict {
    Answered,
    NotReached, // no connection could be made
    GatewayError, // 502, 503 or 504, and not because it takes no runs for now
};

// Brings one run to a runner: resolve, choose, send with an Idempotency-Key. Another runner is tried only while it is
// certain that none has started; once a request may have arrived, the same runner is asked by the same key until its
// lease is over. Ends with exactly one of its signals. Lives on the relay's thread; owned by the relay.
class Dispatch : public QObject {
    Q_OBJECT
public:
    // Chooses among the instances, leaving out the ids that were tried.
    using Chooser = std::function<std::optional<Instance>(const QList<Instance> &, const QSet<QString> &)>;
    // Whether one more runner may be tried after one that did not take the run.
    using Retry = std::function<bool()>;

    Dispatch(Http::Client &client, const RunRequest &request, Chooser chooser, Retry mayRetry,
             std::chrono::milliseconds lease, QObject *parent = nullptr);

    // With what the registry says.
    void start(const Result<QList<Instance>> &instances);
    // After chosen(): it may be sent.
    void proceed();
    // Tries no further runner. True when nothing was sent: no signal comes any more.
    bool abandon();

Q_SIGNALS:
    // It is about to be sent there, when proceed() comes; only where the request waits for that.
    void chosen(const PatchPanel::Relay::Instance &runner);
    void accepted(const PatchPanel::Relay::Instance &runner, const QString &runId);
    // It answered with the final result at once.
    void answered(const PatchPanel::Relay::Instance &runner, const PatchPanel::Http::Reply &reply);
    // No run came of it; `reply` is what the runner said, without a status when it did not come to that.
    void failed(const PatchPanel::Error &error, const PatchPanel::Http::Reply &reply);
    // What an attempt says about the runner, whatever it means for the run.
    void judged(const PatchPanel::Relay::Instance &runner, PatchPanel::Relay::Verdict verdict);
    // A runner did not take it and the next one is tried.
    void passedOn(const PatchPanel::Relay::Instance &runner, const QString &reason);

private:
    void sendToNext();
    void judge(const Http::Reply &reply);
    void send();
    void onReply(const Http::Reply &reply);
    void onTransportError(const Http::Reply &reply);
    void onSuccess(const Http::Reply &reply);
    void tryAnother(const QString &reason);
    void lookElsewhere(const Http::Reply &reply);
    void fail(const Error &error, const Http::Reply &reply = {});
    Error nobodyTookIt() const;

    Http::Client &m_client;
    QString m_endpoint;
    QByteArray m_body;
    QByteArray m_key;
    bool m_waits; // for proceed(), before each runner
    bool m_mayBeKnown; // somebody may have sent this key before
    Chooser m_chooser;
    Retry m_mayRetry;
    Silence m_silence;
    QList<Instance> m_instances;
    QSet<QString> m_tried; // ids
    qsizetype m_lacking = 0; // those of them that do not have the workspace
    std::optional<Http::Reply> m_lack; // what the first of them said
    QStringList m_refusals; // for the message when nobody took it
    Instance m_runner;
    bool m_isSent = false; // to m_runner, and we do not know that it did not start
    bool m_mayHaveStarted = false; // an earlier request to m_runner got no answer
    bool m_isAbandoned = false;
};

} // namespace PatchPanel::Relay
