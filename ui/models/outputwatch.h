#pragma once

#include "services/log/logstore.h"

#include <QObject>
#include <QTimer>

namespace PatchPanel::Ui {

// Tells how long a run has printed nothing, as that may mean that it hangs. Looks once a second at the lines that came
// since. GUI thread; the store must outlive it.
class OutputWatch : public QObject {
    Q_OBJECT
public:
    explicit OutputWatch(const Log::Store &store, QObject *parent = nullptr);

    void start(const QString &runId);
    void stop();

    // A silence is told from then on.
    void setLimit(qint64 ms) { m_limit = ms; }
    void setInterval(int ms) { m_timer.setInterval(ms); }

Q_SIGNALS:
    // Every second of a silence; 0 when it ends, and when the run does.
    void silenceChanged(qint64 ms);

private:
    void look();
    bool hasNewOutput();
    void tell(qint64 ms);

    const Log::Store &m_store;
    QByteArray m_runId;
    qsizetype m_next = 0; // index of the line to look at
    qint64 m_last = 0; // ms since the epoch: the last output, or the start
    qint64 m_limit = 10'000;
    qint64 m_told = 0;
    QTimer m_timer;
};

} // namespace PatchPanel::Ui
