#include "ui/models/fanoutsession.h"

#include "ui/models/background.h"

#include <QFileInfo>

#include <utility>

namespace PatchPanel::Ui {

namespace {

App::ResumeWish newestOf(const QString &taskFile)
{
    return {.task = QFileInfo(taskFile).canonicalFilePath()};
}

} // namespace

FanOutSession::FanOutSession(App::ServiceHost &host, QObject *parent)
    : QObject(parent)
    , m_host(host)
{
}

FanOutSession::~FanOutSession() = default;

void FanOutSession::run(const Wish &wish)
{
    Relay::RunRequest request{.settings = m_defaults.settings};
    request.useCache = m_defaults.useCache;
    request.gateTimeoutSeconds = m_defaults.commandSeconds;
    const App::FanOutPlan plan{.patterns = wish.patterns, .workspaces = wish.workspaces, .atOnce = wish.atOnce};
    prepare([task = wish.task, request, plan, folder = App::fanOutFolder(m_host.stateFolder())] {
        return App::newFanOut(task, request, plan, folder);
    });
}

void FanOutSession::resume(const QString &taskFile)
{
    prepare([wish = newestOf(taskFile), folder = App::fanOutFolder(m_host.stateFolder())] {
        return App::resumedFanOut(wish, folder);
    });
}

void FanOutSession::cancel()
{
    if (!isRunning()) {
        return;
    }
    m_isCancelled = true;
    Q_EMIT changed();
    if (!m_isPreparing) {
        m_fanOut->cancel();
    }
}

void FanOutSession::lookForUnfinished(const QString &taskFile)
{
    inBackground(
        this,
        [wish = newestOf(taskFile), folder = App::fanOutFolder(m_host.stateFolder())] {
            const std::optional<App::FanOutState> found = App::unfinishedFanOut(wish, folder);
            return found ? std::optional(App::FanOutCounts(found->runs)) : std::nullopt;
        },
        [this](const std::optional<App::FanOutCounts> &found) { Q_EMIT unfinishedLookedFor(found); });
}

QList<App::FanOutRun> FanOutSession::runs() const
{
    return m_fanOut ? m_fanOut->runs() : QList<App::FanOutRun>();
}

template <typename Prepare> void FanOutSession::prepare(Prepare prepare)
{
    if (isRunning()) {
        return;
    }
    m_fanOut.reset(); // it lets go of its record, which this one may go on with
    m_isPreparing = true;
    m_isCancelled = false;
    Q_EMIT changed();
    inBackground(this, std::move(prepare), [this](Result<App::FanOutJob> job) {
        m_isPreparing = false;
        if (job) {
            start(std::move(*job));
        } else {
            Q_EMIT changed();
            Q_EMIT failed(job.error());
        }
    });
}

void FanOutSession::start(App::FanOutJob job)
{
    m_hasEnded = false;
    m_fanOut = std::make_unique<App::FanOut>(m_host, std::move(job));
    connect(m_fanOut.get(), &App::FanOut::runStarted, this, &FanOutSession::runChanged);
    connect(m_fanOut.get(), &App::FanOut::runFinished, this, &FanOutSession::runChanged);
    connect(m_fanOut.get(), &App::FanOut::recordFailed, this, &FanOutSession::recordFailed);
    connect(m_fanOut.get(), &App::FanOut::finished, this, [this] {
        m_hasEnded = true;
        Q_EMIT changed();
        Q_EMIT ended();
    });
    m_fanOut->start();
    Q_EMIT started();
    if (m_isCancelled) {
        m_fanOut->cancel();
    }
}

} // namespace PatchPanel::Ui
