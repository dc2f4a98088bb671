#include "services/log/logstore.h"

#include "services/common/clock.h"

#include <algorithm>

namespace PatchPanel::Log {

struct Store::Subscriber {
    QObject *context;
    Listener listener;
    std::atomic<bool> called = false; // a call is on its way: further appends need none
    std::atomic<bool> active = true;
};

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
            subscriber->context,
            [subscriber] {
                subscriber->called = false;
                if (subscriber->active) {
                    subscriber->listener();
                }
            },
            Qt::QueuedConnection);
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
