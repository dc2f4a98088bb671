#include "app/sharedrunfollower.h"

#include "services/common/json.h"

namespace PatchPanel::App {

namespace {

using namespace std::chrono_literals;
using Storage::SharedLogPart;
using Storage::SharedRun;

constexpr auto waitTime = 500ms;
constexpr auto longSilence = 1min;

// Anybody may have written there: what is no line is left out.
QList<Log::Line> linesOf(const QByteArray &jsonLines)
{
    QList<Log::Line> lines;
    for (const QByteArray &line : jsonLines.split('\n')) {
        if (const Result<QJsonObject> object = parseJsonObject(line); object) {
            lines.append(Log::Line::fromJson(*object));
        }
    }
    return lines;
}

} // namespace

SharedRunFollower::SharedRunFollower(const Storage::RedisUrl &redis, const QString &runId, QObject *parent)
    : QObject(parent)
    , m_redis(redis)
    , m_runId(runId)
{
}

SharedRunFollower::~SharedRunFollower()
{
    m_isEnding = true;
    if (m_thread.joinable()) {
        m_thread.join();
    }
}

void SharedRunFollower::start()
{
    m_thread = std::thread([this] { follow(); });
}

template <typename Signal> void SharedRunFollower::post(Signal signal)
{
    QMetaObject::invokeMethod(this, std::move(signal), Qt::QueuedConnection);
}

Result<SharedRun> SharedRunFollower::find(Storage::SharedRuns &runs) const
{
    const Result<std::optional<SharedRun>> run = runs.find(m_runId);
    if (!run) {
        return run.error();
    }
    if (!*run) {
        return Error{ErrorCode::NotFound, QStringLiteral("no runner has told Redis of a run %1").arg(m_runId),
                     QStringLiteral("its whole id is needed, and it is kept for a day; a job that waits has not begun "
                                    "yet")};
    }
    return **run;
}

void SharedRunFollower::tell(const SharedLogPart &part)
{
    if (const QList<Log::Line> lines = linesOf(part.lines); !lines.isEmpty()) {
        post([this, lines] { Q_EMIT linesCame(lines); });
    }
    if (part.isCut) {
        post([this] { Q_EMIT logCut(); });
    }
}

void SharedRunFollower::follow()
{
    Storage::SharedRuns runs(m_redis);
    Result<SharedRun> run = find(runs);
    if (!run) {
        post([this, error = run.error()] { Q_EMIT failed(error); });
        return;
    }
    post([this, run = *run] { Q_EMIT found(run); });
    SharedLogPart part;
    auto heard = std::chrono::steady_clock::now();
    while (!part.hasEnded && !m_isEnding) {
        const Result<SharedLogPart> more = runs.readLog(m_runId, part.next, waitTime);
        const auto now = std::chrono::steady_clock::now();
        if (more) {
            part = *more;
            tell(part);
        }
        if (more && !part.lines.isEmpty()) {
            heard = now;
        } else if (now - heard >= longSilence) {
            heard = now;
            const QString why = more ? QStringLiteral("nothing was heard of run %1 for a minute: a command may take "
                                                      "long, or the runner is gone")
                                           .arg(m_runId)
                                     : more.error().toString();
            post([this, why] { Q_EMIT stillSilent(why); });
        } else if (!more) {
            std::this_thread::sleep_for(waitTime);
        }
    }
    run = m_isEnding ? run : find(runs);
    if (run) {
        post([this, run = *run] { Q_EMIT ended(run); });
    } else {
        post([this, error = run.error()] { Q_EMIT failed(error); });
    }
}

} // namespace PatchPanel::App
