#pragma once

#include "services/log/logline.h"

#include <QHash>
#include <QObject>

#include <algorithm>
#include <array>
#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

namespace PatchPanel::Log {

struct Chunk;
class LineBatch;
class SpillFile;

// How much of the log is kept, and where.
struct Keeping {
    qint64 memory = qint64{256} * 1024 * 1024; // bytes; not less than 1 MiB
    QString folder = {}; // of the file that takes the oldest lines when memory is full; empty: they are dropped
    qint64 file = qint64{4} * 1024 * 1024 * 1024; // bytes; beyond these the oldest lines are dropped
};

// The log of one process: what the window paints, the console prints and the HTTP streams send. Any thread may append;
// any thread may read. Lines sit in chunks of bytes and the line count is published with release order, so a reader
// takes no lock and painting cannot stall a run. A line costs its bytes and about 12 more. Above the memory that may be
// used the oldest chunks go to a file without a name, from where they can be read as before; where that is not
// possible they are dropped and counted. The index of a line never changes. Owned by `app`.
class Store {
public:
    // Called on the context's thread after lines were appended: at once, or 10 ms after the last call. Many appends
    // become one call, so that a busy log does not cost its readers a wake-up for every line.
    using Listener = std::function<void()>;

    // Ends the listening when it is destroyed. Destroy it before its context, on the context's thread.
    class Subscription;

    explicit Store(Keeping keeping = {});
    ~Store();
    Store(const Store &) = delete;
    Store &operator=(const Store &) = delete;

    // Lines below this level that belong to no run are not kept, such as one for each request. Before the first append.
    void setLeastLevel(Level least) { m_least = least; }
    bool keeps(Level level) const { return level >= m_least; }

    // Appends the line, with the time of now when it carries none. Writes old lines to the file when memory is full;
    // why that failed is told by a line of the log.
    void append(Line line);

    // Lines that were appended: first() to size() - 1 can be read, those before were dropped.
    qsizetype size() const { return m_size.load(std::memory_order_acquire); }
    qsizetype first() const { return m_first.load(std::memory_order_acquire); }
    // The next line behind `index` that may still be read, when that one cannot be.
    qsizetype firstAfter(qsizetype index) const { return std::max(first(), index + 1); }
    // Precondition: index < size(). For one that was dropped: a line that says so. Reads a spilled line from the file.
    // Whoever looks at many lines takes a LineBatch.
    Line at(qsizetype index) const;
    qsizetype dropped() const { return first() + m_refused.load(std::memory_order_relaxed); }

    // The memory that may be used, in bytes; not less than 1 MiB. Any thread may set it, at any time, and does not
    // wait: what is too much then goes as the next lines are appended, a few MiB with each.
    void setMemoryLimit(qint64 bytes);
    qint64 memoryLimit() const { return m_memoryLimit.load(std::memory_order_relaxed); }

    // Bytes in use for lines in memory, and lines that lie in the file.
    qint64 memoryUsed() const { return m_memory.load(std::memory_order_relaxed); }
    qsizetype spilled() const { return std::max<qsizetype>(0, m_resident.load(std::memory_order_relaxed) - first()); }

    [[nodiscard]] std::unique_ptr<Subscription> subscribe(QObject *context, Listener listener);

private:
    friend class LineBatch;
    struct Subscriber;

    // A chunk's place in the list. Readers pin it before they look at the chunk; what is replaced while pinned is
    // deleted later.
    struct Slot {
        qsizetype first = 0; // index of its first line
        std::atomic<Chunk *> chunk = nullptr; // null: dropped
        mutable std::atomic<int> pins = 0;
    };
    static constexpr qsizetype blockSlots = 4096;
    static constexpr qsizetype blockCount = 16'384; // 16 TiB of lines in a process's life
    using Block = std::array<Slot, blockSlots>;

    struct Retired {
        const Slot *slot;
        std::unique_ptr<Chunk> chunk;
    };

    const Slot &slot(qsizetype number) const;
    Slot &slot(qsizetype number);
    qsizetype slotOf(qsizetype index) const;
    qsizetype endOf(qsizetype slotNumber, qsizetype size) const;

    void put(const Line &line, bool isPlain);
    Chunk *startChunk(const Line &line, qsizetype textSize);
    std::optional<quint16> sourceFor(Chunk &chunk, const Line &line);
    std::optional<quint8> tagFor(Chunk &chunk, const QByteArray &tag);
    void wakeSubscribers();

    void makeRoom(qint64 appended);
    void spillOldest(qsizetype number);
    bool spillTo(const Chunk &chunk, qint64 &place);
    void dropBefore(qsizetype slotNumber);
    void retire(Slot &slot, Chunk *successor);

    std::atomic<qint64> m_memoryLimit;
    Level m_least = Level::Debug;
    std::atomic<qsizetype> m_size = 0;
    std::atomic<qsizetype> m_slotCount = 0;
    std::atomic<qsizetype> m_first = 0;
    std::atomic<qsizetype> m_refused = 0; // lines for which the list of chunks has no room
    std::atomic<qsizetype> m_resident = 0; // index of the first line that is in memory
    std::atomic<qint64> m_memory = 0;
    std::vector<std::unique_ptr<Block>> m_blocks; // sized once: readers index it without a lock

    std::mutex m_writing; // guards what follows
    Chunk *m_tail = nullptr; // the newest
    QHash<std::pair<QByteArray, QByteArray>, quint16> m_tailSources;
    quint16 m_lastSource = 0; // of the newest line
    std::vector<std::shared_ptr<Subscriber>> m_subscribers;

    std::mutex m_spilling; // guards what follows
    std::unique_ptr<SpillFile> m_spill; // null: no folder, or it cannot be used
    qsizetype m_oldestSlot = 0; // not dropped
    qsizetype m_oldestResident = 0; // slot in memory
    std::vector<Retired> m_retired;
    std::optional<Line> m_complaint; // to be appended
    bool m_complained = false;
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
