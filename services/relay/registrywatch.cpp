#include "services/relay/registrywatch.h"

#include "services/relay/registryanswer.h"

#include <QElapsedTimer>
#include <QRandomGenerator>

#include <algorithm>
#include <utility>

namespace PatchPanel::Relay {

namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;

constexpr auto wait = "55s";
constexpr milliseconds patience = 75s; // the wait, the sixteenth more that a registry may add, and the way
constexpr milliseconds firstPause = 250ms;
constexpr milliseconds longestPause = 10s;
constexpr milliseconds pollPause = 2s; // of a registry that does not hold the query
constexpr milliseconds burstPause = 20ms; // changes that come together are fetched together
constexpr int mostDoublings = 6;

milliseconds pauseAfter(int failures)
{
    const milliseconds longest = std::min(longestPause, firstPause * (1 << std::min(failures - 1, mostDoublings)));
    return milliseconds(QRandomGenerator::global()->bounded(int(longest.count() / 2), int(longest.count())));
}

} // namespace

RegistryWatch::RegistryWatch(Http::Client &client, QUrl registry, QString service, QObject *parent)
    : QObject(parent)
    , m_client(client)
    , m_registry(std::move(registry))
    , m_service(std::move(service))
{
    m_pause.setSingleShot(true);
    connect(&m_pause, &QTimer::timeout, this, &RegistryWatch::ask);
    ask();
}

void RegistryWatch::ask()
{
    QUrl url = m_registry;
    url.setPath(QStringLiteral("/v1/health/service/") + m_service);
    url.setQuery(QStringLiteral("passing=true&index=%1&wait=%2").arg(m_index).arg(QLatin1String(wait)));
    QElapsedTimer timer;
    timer.start();
    m_client.send({.url = url, .timeout = patience}, this,
                  [this, timer](const Http::Reply &reply) { onReply(reply, milliseconds(timer.elapsed())); });
}

void RegistryWatch::onReply(const Http::Reply &reply, milliseconds took)
{
    Result<QList<Instance>> instances = instancesIn(m_registry, reply);
    if (!instances) {
        const bool wasFresh = std::exchange(m_isFresh, false);
        m_index = 0;
        m_pause.start(pauseAfter(++m_failures));
        if (wasFresh) {
            Q_EMIT lost();
        }
        return;
    }
    const quint64 index = Http::headerValue(reply.headers, "X-Consul-Index").toULongLong();
    const bool isHeld = index > 0 && (index != m_index || took > pollPause);
    m_index = index < m_index ? 0 : index;
    m_failures = 0;
    m_isFresh = true;
    m_instances = std::move(*instances);
    m_pause.start(isHeld ? burstPause : pollPause);
    Q_EMIT changed();
}

} // namespace PatchPanel::Relay
