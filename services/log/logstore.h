#pragma once

#include "services/log/logline.h"

#include <QObject>

#include <array>
#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

namespace PatchPanel::Log {

// The append-only log of one process: what the window paints, the console prints and the HTTP streams send.
// Any thread may append; any thread may read. Lines sit in fixed chunks that never move, and the line count is
// published with release order, so a reader takes no lock and painting cannot stall a run. Owned by `app`.
class Store {
public:
    // Called on the context's thread after lines were appended: at once, or 10 ms after the last call. Many appends
    // become one call, so that a busy log does not cost its readers a wake-up for every line.
    using Listener = std::function<void()>;

    // Ends the listening when it is destroyed. Destroy it before its context, on the context's thread.
    class Subscription;

    Store();
    ~Store();
    Store(const Store &) = delete;
    Store &operator=(const Store &) = delete;

    // Appends the line, with the time of now when it carries none. Lines beyond capacity() are counted as dropped.
    void append(Line line);

    // Lines that can be read: indexes 0 to size() - 1.
    qsizetype size() const { return m_size.load(std::memory_order_acquire); }
    // Precondition: index < size(). The reference lives as long as the store.
    const Line &at(qsizetype index) const;
    qsizetype dropped() const { return m_dropped.load(std::memory_order_relaxed); }
    static constexpr qsizetype capacity() { return chunkLines * chunkCount; }

    [[nodiscard]] std::unique_ptr<Subscription> subscribe(QObject *context, Listener listener);

private:
    static constexpr qsizetype chunkLines = 4096;
    static constexpr qsizetype chunkCount = 4096;
    using Chunk = std::array<Line, chunkLines>;
    struct Subscriber;

    std::vector<std::unique_ptr<Chunk>> m_chunks; // sized once: readers index it without a lock
    std::atomic<qsizetype> m_size = 0;
    std::atomic<qsizetype> m_dropped = 0;
    std::mutex m_writing;
    std::vector<std::shared_ptr<Subscriber>> m_subscribers; // guarded by m_writing
};

class Store::Subscription {
public:
    Subscription(Store &store, std::shared_ptr<Subscriber> subscriber);
    ~Subscription();
    Subscription(const Subscription &) = delete;
    Subscription &operator=(const Subscription &) = delete;

private:
    Store &m_store;
    std::shared_ptr<Subscriber> m_subscriber;
};

} // namespace PatchPanel::Log
