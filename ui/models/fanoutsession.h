#pragma once

#include "app/fanout.h"
#include "ui/models/runsession.h"

#include <QObject>
#include <QPointer>

#include <memory>
#include <optional>

namespace PatchPanel::Ui {

// One task in many workspaces, as the window does it: prepares it, and reads what an earlier one left, on other
// threads. GUI thread; owned by the window; the host must outlive it.
class FanOutSession : public QObject {
    Q_OBJECT
public:
    struct Wish {
        QString task = {}; // its file
        QStringList patterns = {}; // by which the workspaces were found
        QStringList workspaces = {}; // canonical
        int atOnce = 1;
    };

    explicit FanOutSession(App::ServiceHost &host, QObject *parent = nullptr);
    ~FanOutSession() override;

    // Of those that start from now on.
    void setRunDefaults(const RunSession::RunDefaults &defaults) { m_defaults = defaults; }

    void run(const Wish &wish);
    // Goes on with the newest one of the task, which ended early.
    void resume(const QString &taskFile);
    void cancel();
    // Whether there is one to go on with: unfinishedLookedFor().
    void lookForUnfinished(const QString &taskFile);

    // From run() or resume() to ended() or failed().
    bool isRunning() const { return m_isPreparing || (m_fanOut && !m_hasEnded); }
    bool isCancelling() const { return isRunning() && m_isCancelled; }
    // Of the one in progress, or the last; empty before the first.
    QList<App::FanOutRun> runs() const;

Q_SIGNALS:
    void changed(); // isRunning() or isCancelling()
    void started(); // runs() is there
    void runChanged(qsizetype index);
    void ended();
    void failed(const PatchPanel::Error &error); // nothing was run
    void recordFailed(const PatchPanel::Error &error); // it goes on, but could not be resumed
    void unfinishedLookedFor(const std::optional<PatchPanel::App::FanOutCounts> &found);

private:
    template <typename Prepare> void prepare(Prepare prepare);
    void start(App::FanOutJob job);

    App::ServiceHost &m_host;
    RunSession::RunDefaults m_defaults;
    std::unique_ptr<App::FanOut> m_fanOut;
    bool m_isPreparing = false;
    bool m_isCancelled = false;
    bool m_hasEnded = false;
};

} // namespace PatchPanel::Ui
