#pragma once

#include "services/common/step.h"
#include "services/http/client.h"
#include "services/log/logline.h"
#include "services/relay/instance.h"
#include "services/relay/silence.h"

#include <QObject>
#include <QTimer>

namespace PatchPanel::Relay {

// Follows one run on its runner: passes its events on and reads its state from GET /runs/ID, after the `result` event,
// after a lost connection, and every few seconds in any case. Ends with exactly one of `ended` and `lost`. Lives on the
// relay's thread; owned by the relay.
class Follower : public QObject {
    Q_OBJECT
public:
    enum class Lines { Wanted, NotWanted };

    Follower(Http::Client &client, Instance runner, QString runId, std::chrono::milliseconds lease, Lines lines,
             QObject *parent = nullptr);

    const QString &runId() const { return m_runId; }
    // Asks the runner to cancel the run, which then ends like any other.
    void cancel();

Q_SIGNALS:
    void stepChanged(const PatchPanel::Step &step);
    void lineReceived(const PatchPanel::Log::Line &line); // none when they are not wanted
    // `reply` carries the final result.
    void ended(const PatchPanel::Http::Reply &reply);
    // The runner does not answer, and is asked again until its lease is over. Then either the next or lost().
    void connectionLost(const QString &reason);
    void connectionRestored();
    // The runner is gone or does not know the run: nobody can tell how it ended.
    void lost(const PatchPanel::Error &error);

private:
    QUrl url(const QString &suffix = {}) const;
    QUrl eventsUrl(Lines lines) const;
    void onEvent(const QByteArray &event, const QByteArray &data);
    void askSoon();
    void ask();
    void onState(const Http::Reply &reply);
    void onFinalState(const Http::Reply &reply);
    void onNoState(const Http::Reply &reply);
    void heard();
    void end(const Http::Reply &reply);
    void giveUp(const Error &error);

    Http::Client &m_client;
    Instance m_runner;
    QString m_runId;
    Silence m_silence;
    Http::EventSource m_events;
    QTimer m_askTimer;
    bool m_isAsking = false;
    bool m_isSilent = false; // connectionLost() was told last
    bool m_expectsResultEvent = true; // the stream lives and has not brought it
    bool m_isOver = false;
};

} // namespace PatchPanel::Relay
