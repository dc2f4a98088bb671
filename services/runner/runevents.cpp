#include "services/runner/runevents.h"

#include "services/common/json.h"
#include "services/log/linebatch.h"
#include "services/runner/runnerproblems.h"

#include <QTimer>

#include <algorithm>
#include <utility>

namespace PatchPanel::Runner {

namespace {

// What one client gets at once and how long it then waits: a long log neither holds up the thread nor outgrows the
// backlog that the server allows a client which keeps up with 6 MB/s.
constexpr qsizetype sliceLines = 4000;
constexpr qsizetype sliceBytes = 64 * 1024;
constexpr auto slicePause = std::chrono::milliseconds(10);

} // namespace

struct RunEvents::Follower {
    Http::EventStream stream;
    QString runId;
    qsizetype next; // log offset
    bool wantsLines = true;
    std::array<Step, 6> sentSteps = {};
    bool pausing = false; // between two slices
    bool done = false;

    QByteArray offset() const { return QByteArray::number(next); }
};

RunEvents::RunEvents(Runner &runner, Log::Store &log, QObject *parent)
    : QObject(parent)
    , m_runner(runner)
    , m_log(log)
{
    connect(&runner, &Runner::stepChanged, this, &RunEvents::sendAll);
    connect(&runner, &Runner::runFinished, this, &RunEvents::sendAll);
}

RunEvents::~RunEvents() = default;

Result<void> RunEvents::open(const Http::Request &request, const Http::EventStream &stream)
{
    const QString runId = request.captures.value(0);
    const RunRecord *record = m_runner.find(runId);
    if (!record) {
        return notOfThisProcess(runId);
    }
    bool isNumber = false;
    const qint64 resume = request.header("Last-Event-ID").toLongLong(&isNumber);
    const qsizetype from = std::clamp<qsizetype>(isNumber ? resume : 0, record->logBegin, m_log.size());

    const auto follower = std::make_shared<Follower>(
        Follower{stream, runId, from, request.query.queryItemValue(QStringLiteral("log")) != QLatin1String("none")});
    for (std::size_t i = 0; i < follower->sentSteps.size(); ++i) {
        follower->sentSteps[i].phase = allPhases[i]; // Pending, which a client assumes untold
    }
    stream.onClosed([weak = std::weak_ptr(follower)] {
        if (const auto closed = weak.lock()) {
            closed->done = true;
        }
    });
    m_followers.push_back(follower);
    if (!m_subscription) {
        m_subscription = m_log.subscribe(this, [this] { sendAll(); });
    }
    // The answer's head goes out after this returns.
    QMetaObject::invokeMethod(this, &RunEvents::sendAll, Qt::QueuedConnection);
    return {};
}

void RunEvents::sendAll()
{
    const auto followers = m_followers;
    for (const std::shared_ptr<Follower> &follower : followers) {
        if (!follower->done && !follower->pausing) {
            sendTo(*follower);
        }
    }
    forgetClosed();
}

void RunEvents::sendTo(Follower &follower)
{
    const RunRecord *record = m_runner.find(follower.runId);
    if (!record || follower.stream.clientIsGone()) {
        follower.done = true;
        follower.stream.close();
        return;
    }
    if (!sendLines(follower, *record)) {
        return;
    }
    sendSteps(follower, *record);
    if (isFinal(record->status)) {
        follower.stream.send("result", follower.offset(), record->result);
        follower.done = true;
        follower.stream.close();
    }
}

// True when the client has every line that there is.
bool RunEvents::sendLines(Follower &follower, const RunRecord &record)
{
    const qsizetype end = record.logEnd < 0 ? m_log.size() : record.logEnd;
    if (!follower.wantsLines) {
        follower.next = end;
        return true;
    }
    const QByteArray runId = follower.runId.toUtf8();
    qsizetype lines = 0;
    qsizetype bytes = 0;
    Log::LineBatch batch(m_log);
    while (follower.next < end) {
        if (lines == sliceLines || bytes > sliceBytes) {
            follower.pausing = true;
            goOnSoon();
            return false;
        }
        const bool isRead = follower.next < batch.end();
        std::optional<Log::Line> line = isRead ? std::nullopt : batch.readOrSkip(follower.next, end, runId);
        if (!line) {
            if (batch.runId(follower.next) == runId) {
                line = batch.line(follower.next);
            }
            ++follower.next;
        }
        ++lines;
        if (line) {
            const QByteArray data = compactJson(line->toJson());
            bytes += data.size();
            follower.stream.send("log", follower.offset(), data);
        }
    }
    return true;
}

void RunEvents::goOnSoon()
{
    if (std::exchange(m_goingOn, true)) {
        return;
    }
    QTimer::singleShot(slicePause, this, [this] {
        m_goingOn = false;
        for (const std::shared_ptr<Follower> &follower : m_followers) {
            follower->pausing = false;
        }
        sendAll();
    });
}

void RunEvents::sendSteps(Follower &follower, const RunRecord &record)
{
    for (std::size_t i = 0; i < record.steps.size(); ++i) {
        if (follower.sentSteps[i] != record.steps[i]) {
            follower.sentSteps[i] = record.steps[i];
            follower.stream.send("step", follower.offset(), compactJson(record.steps[i].toJson()));
        }
    }
}

void RunEvents::forgetClosed()
{
    std::erase_if(m_followers, [](const std::shared_ptr<Follower> &follower) { return follower->done; });
    if (m_followers.empty()) {
        m_subscription.reset(); // nobody to tell: the log need not wake this thread
    }
}

} // namespace PatchPanel::Runner
