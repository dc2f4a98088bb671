#include "app/redisprobe.h"

#include "services/storage/cache.h"

namespace PatchPanel::App {

namespace {

constexpr auto interval = std::chrono::seconds(5);

} // namespace

RedisProbe::RedisProbe(const QString &url, QObject *parent)
    : QObject(parent)
{
    if (url.isEmpty()) {
        return;
    }
    Result<std::unique_ptr<Storage::Cache>> cache = Storage::makeCache(url);
    if (!cache) { // the command line was checked already
        m_state = {RedisState::Unreachable, cache.error().toString()};
        return;
    }
    m_state.kind = RedisState::Unknown;
    m_cache = std::move(cache).value();
    m_thread.setMaxThreadCount(1);
    connect(&m_timer, &QTimer::timeout, this, &RedisProbe::ask);
    m_timer.start(interval);
    ask();
}

RedisProbe::~RedisProbe()
{
    m_timer.stop();
    m_thread.waitForDone();
}

void RedisProbe::ask()
{
    if (std::exchange(m_isAsking, true)) {
        return;
    }
    m_thread.start([this] {
        const auto answer = m_cache->get("pp:probe");
        const RedisState state =
            answer ? RedisState{RedisState::Ok} : RedisState{RedisState::Unreachable, answer.error().message};
        QMetaObject::invokeMethod(
            this, [this, state] { take(state); }, Qt::QueuedConnection);
    });
}

void RedisProbe::take(const RedisState &state)
{
    m_isAsking = false;
    const bool isNews = state.kind != m_state.kind;
    m_state = state;
    if (isNews) {
        Q_EMIT changed(m_state);
    }
}

} // namespace PatchPanel::App
