#include "app/redisprobe.h"

#include "services/storage/cache.h"

namespace PatchPanel::App {

namespace {

constexpr auto interval = std::chrono::seconds(5);

} // namespace

RedisProbe::RedisProbe(const QString &url, QObject *parent)
    : QObject(parent)
{
    m_thread.setMaxThreadCount(1);
    connect(&m_timer, &QTimer::timeout, this, &RedisProbe::ask);
    setUrl(url);
}

void RedisProbe::setUrl(const QString &url)
{
    m_timer.stop();
    m_cache.reset(); // an answer that is still awaited does not count
    m_isAsking = false;
    if (url.isEmpty()) {
        setState({});
        return;
    }
    Result<std::unique_ptr<Storage::Cache>> cache = Storage::makeCache(url);
    if (!cache) { // the command line was checked already
        setState({RedisState::Unreachable, cache.error().toString()});
        return;
    }
    setState({RedisState::Unknown});
    m_cache = std::move(cache).value();
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
    m_thread.start([this, cache = m_cache] {
        const auto answer = cache->get("pp:probe");
        const RedisState state =
            answer ? RedisState{RedisState::Ok} : RedisState{RedisState::Unreachable, answer.error().message};
        QMetaObject::invokeMethod(
            this,
            [this, cache, state] {
                if (cache == m_cache) {
                    m_isAsking = false;
                    setState(state);
                }
            },
            Qt::QueuedConnection);
    });
}

void RedisProbe::setState(const RedisState &state)
{
    const bool isNews = state.kind != m_state.kind;
    m_state = state;
    if (isNews) {
        Q_EMIT changed(m_state);
    }
}

} // namespace PatchPanel::App
