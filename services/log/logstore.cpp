#include "services/log/logstore.h"

#include "services/common/clock.h"

#include <QDeadlineTimer>
#include <QTimer>

#include <algorithm>

namespace PatchPanel::Log {

namespace {

constexpr std::chrono::milliseconds pauseBetweenCalls{10};

} // namespace

struct Store::Subscriber {
    QObject *context;
    Listener listener;
    std::atomic<bool> called = false; // a call is on its way: further appends need none
    std::atomic<bool> active = true;
    QDeadlineTimer pause = {}; // of the context's thread

    static void call(const std::shared_ptr<Subscriber> &subscriber);
};

void Store::Subscriber::call(const std::shared_ptr<Subscriber> &subscriber)
{
    if (!subscriber->active) {
        return;
    }
    if (!subscriber->pause.hasExpired()) {
        QTimer::singleShot(subscriber->pause.remainingTime(), Qt::PreciseTimer, subscriber->context,
                           [subscriber] { call(subscriber); });
        return;
    }
    subscriber->pause.setRemainingTime(pauseBetweenCalls, Qt::PreciseTimer);
    subscriber->called = false;
    subscriber->listener();
}

Store::Store()
    : m_chunks(chunkCount)
{
}

Store::~Store() = default;

void Store::append(Line line)
{
    if (line.timeMs == 0) {
        line.timeMs = wallClockMs();
    }
    const std::scoped_lock lock(m_writing);
    const qsizetype index = m_size.load(std::memory_order_relaxed);
    if (index == capacity()) {
        m_dropped.fetch_add(1, std::memory_order_relaxed);
        return;
    }
    std::unique_ptr<Chunk> &chunk = m_chunks[static_cast<std::size_t>(index / chunkLines)];
    if (!chunk) {
        chunk = std::make_unique<Chunk>();
    }
    (*chunk)[static_cast<std::size_t>(index % chunkLines)] = std::move(line);
    m_size.store(index + 1, std::memory_order_release);

    for (const std::shared_ptr<Subscriber> &subscriber : m_subscribers) {
        if (subscriber->called.exchange(true)) {
            continue;
        }
        QMetaObject::invokeMethod(
            subscriber->context, [subscriber] { Subscriber::call(subscriber); }, Qt::QueuedConnection);
    }
}

const Line &Store::at(qsizetype index) const
{
    return (*m_chunks[static_cast<std::size_t>(index / chunkLines)])[static_cast<std::size_t>(index % chunkLines)];
}

std::unique_ptr<Store::Subscription> Store::subscribe(QObject *context, Listener listener)
{
    auto subscriber = std::make_shared<Subscriber>();
    subscriber->context = context;
    subscriber->listener = std::move(listener);
    const std::scoped_lock lock(m_writing);
    m_subscribers.push_back(subscriber);
    return std::make_unique<Subscription>(*this, std::move(subscriber));
}

Store::Subscription::Subscription(Store &store, std::shared_ptr<Subscriber> subscriber)
    : m_store(store)
    , m_subscriber(std::move(subscriber))
{
}

Store::Subscription::~Subscription()
{
    m_subscriber->active = false;
    const std::scoped_lock lock(m_store.m_writing);
    std::erase(m_store.m_subscribers, m_subscriber);
}

} // namespace PatchPanel::Log
