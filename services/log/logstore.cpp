#include "services/log/logstore.h"

#include "services/common/clock.h"
#include "services/log/linebatch.h"
#include "services/log/logchunk.h"
#include "services/log/spillfile.h"

#include <QDeadlineTimer>
#include <QTimer>

#include <algorithm>

namespace PatchPanel::Log {

namespace {

constexpr std::chrono::milliseconds pauseBetweenCalls{10};
constexpr qsizetype chunkBytes = 256 * 1024;
constexpr qint64 leastMemory = 4 * chunkBytes;
constexpr qint64 mostFreedAtOnce = 8 * chunkBytes; // beside twice what was appended
constexpr qsizetype longestText = 1'000'000'000; // bytes; offsets within a chunk have 32 bits
constexpr qsizetype mostSources = 4096; // in one chunk
constexpr std::size_t mostTags = 255;
constexpr qint64 chunkOverhead = 700; // bytes besides the page: names and bookkeeping
constexpr qint64 sourceOverhead = 128;

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

Store::Store(Keeping keeping)
    : m_memoryLimit(std::max(keeping.memory, leastMemory))
    , m_blocks(blockCount)
{
    if (!keeping.folder.isEmpty()) {
        m_spill = std::make_unique<SpillFile>(keeping.folder, keeping.file);
    }
}

Store::~Store()
{
    for (qsizetype number = 0; number < m_slotCount; ++number) {
        delete slot(number).chunk.load();
    }
}

void Store::setMemoryLimit(qint64 bytes)
{
    m_memoryLimit.store(std::max(bytes, leastMemory), std::memory_order_relaxed);
}

void Store::append(Line line)
{
    if (line.timeMs == 0) {
        line.timeMs = wallClockMs();
    }
    if (line.text.size() > longestText) {
        line.text.truncate(longestText);
        line.text += " (cut here)";
    }
    const bool isPlain = isPlainText(line.tag) && isPlainText(line.text);
    {
        const std::scoped_lock lock(m_writing);
        if (m_slotCount.load(std::memory_order_relaxed) == blockSlots * blockCount) {
            m_refused.fetch_add(1, std::memory_order_relaxed);
            return;
        }
        put(line, isPlain);
        wakeSubscribers();
    }
    if (m_memory.load(std::memory_order_relaxed) > memoryLimit()) {
        makeRoom(line.text.size());
    }
}

void Store::put(const Line &line, bool isPlain)
{
    const qsizetype textSize = prefixLength(line.tag) + line.text.size();
    Chunk *chunk = m_tail && m_tail->fits(textSize) ? m_tail : startChunk(line, textSize);
    std::optional<quint16> source = sourceFor(*chunk, line);
    std::optional<quint8> tag = tagFor(*chunk, line.tag);
    const qint64 time = line.timeMs - chunk->baseTime;
    if (!source || !tag || time != static_cast<qint32>(time)) {
        chunk = startChunk(line, textSize);
        source = sourceFor(*chunk, line);
        tag = tagFor(*chunk, line.tag);
    }
    char *to = chunk->page.get() + chunk->textSize;
    if (!line.tag.isEmpty()) {
        *to++ = '[';
        to = std::copy(line.tag.begin(), line.tag.end(), to);
        *to++ = ']';
        *to++ = ' ';
    }
    std::copy(line.text.begin(), line.text.end(), to);
    chunk->textSize += static_cast<quint32>(textSize);
    Entry *entry = chunk->lastEntry() - chunk->lines;
    *entry = Entry{chunk->textSize, static_cast<qint32>(line.timeMs - chunk->baseTime), *source, *tag,
                   Entry::bitsOf(line.level, line.phase, isPlain)};
    ++chunk->lines;
    m_size.store(m_size.load(std::memory_order_relaxed) + 1, std::memory_order_release);
}

Chunk *Store::startChunk(const Line &line, qsizetype textSize)
{
    const qsizetype number = m_slotCount.load(std::memory_order_relaxed);
    std::unique_ptr<Block> &block = m_blocks[static_cast<std::size_t>(number / blockSlots)];
    if (!block) {
        block = std::make_unique<Block>();
    }
    constexpr qsizetype unit = sizeof(Entry);
    const qsizetype capacity = std::max(chunkBytes, textSize + 2 * unit) / unit * unit;
    auto chunk = std::make_unique<Chunk>();
    chunk->names = std::make_shared<ChunkNames>();
    chunk->baseTime = line.timeMs;
    chunk->capacity = static_cast<quint32>(capacity);
    chunk->page = ChunkMemory(static_cast<std::size_t>(capacity));
    m_memory.fetch_add(capacity + chunkOverhead, std::memory_order_relaxed);
    m_tailSources.clear();
    m_tail = chunk.get();
    Slot &added = slot(number);
    added.first = m_size.load(std::memory_order_relaxed);
    added.chunk.store(chunk.release());
    m_slotCount.store(number + 1, std::memory_order_release);
    return m_tail;
}

// Nothing when the chunk can name no more.
std::optional<quint16> Store::sourceFor(Chunk &chunk, const Line &line)
{
    if (!m_tailSources.isEmpty()) {
        const Source &last = chunk.names->sources.at(m_lastSource);
        if (last.service == line.service && last.runId == line.runId) {
            return m_lastSource;
        }
    }
    const std::pair key(line.service, line.runId);
    auto known = m_tailSources.constFind(key);
    if (known == m_tailSources.constEnd()) {
        if (m_tailSources.size() == mostSources) {
            return std::nullopt;
        }
        const auto number = static_cast<quint16>(m_tailSources.size());
        chunk.names->sources.append({line.service, line.runId});
        m_memory.fetch_add(sourceOverhead + line.service.size() + line.runId.size(), std::memory_order_relaxed);
        known = m_tailSources.insert(key, number);
    }
    m_lastSource = *known;
    return m_lastSource;
}

std::optional<quint8> Store::tagFor(Chunk &chunk, const QByteArray &tag)
{
    auto &tags = chunk.names->tags;
    for (std::size_t i = 0; i < tags.size(); ++i) {
        if (tags.at(i) == tag) {
            return static_cast<quint8>(i);
        }
    }
    if (tags.size() == mostTags) {
        return std::nullopt;
    }
    tags.append(tag);
    return static_cast<quint8>(tags.size() - 1);
}

void Store::wakeSubscribers()
{
    for (const std::shared_ptr<Subscriber> &subscriber : m_subscribers) {
        if (subscriber->called.load(std::memory_order_relaxed) || subscriber->called.exchange(true)) {
            continue;
        }
        QMetaObject::invokeMethod(
            subscriber->context, [subscriber] { Subscriber::call(subscriber); }, Qt::QueuedConnection);
    }
}

// One thread writes while the others go on appending, unless the file is so slow that memory would outgrow its limit
// by a quarter. Where the limit was lowered it is reached in steps, each at least twice as large as what was appended.
void Store::makeRoom(qint64 appended)
{
    const qint64 limit = memoryLimit();
    std::unique_lock lock(m_spilling, std::defer_lock);
    if (m_memory.load(std::memory_order_relaxed) > limit + limit / 4) {
        lock.lock();
    } else if (!lock.try_lock()) {
        return;
    }
    std::erase_if(m_retired, [](const Retired &old) { return old.slot->pins.load() == 0; });
    const qint64 goal = std::max(limit, m_memory.load(std::memory_order_relaxed) - 2 * appended - mostFreedAtOnce);
    while (m_memory.load(std::memory_order_relaxed) > goal
           && m_oldestResident + 1 < m_slotCount.load(std::memory_order_acquire)) {
        spillOldest(m_oldestResident);
    }
    const std::optional<Line> complaint = std::exchange(m_complaint, std::nullopt);
    lock.unlock();
    if (complaint) {
        append(*complaint);
    }
}

void Store::spillOldest(qsizetype number)
{
    Slot &oldest = slot(number);
    Chunk *chunk = oldest.chunk.load();
    const qint64 freed = chunk->capacity;
    qint64 place = 0;
    if (spillTo(*chunk, place)) {
        auto spilled = std::make_unique<Chunk>();
        spilled->names = chunk->names;
        spilled->baseTime = chunk->baseTime;
        spilled->textSize = chunk->textSize;
        spilled->lines = chunk->lines;
        spilled->place = place;
        retire(oldest, spilled.release());
    } else {
        dropBefore(number + 1);
    }
    m_memory.fetch_sub(freed, std::memory_order_relaxed);
    m_oldestResident = number + 1;
    m_resident.store(slot(number + 1).first, std::memory_order_relaxed);
}

// False, with the reason in m_complaint, when the file cannot take it; it is not tried again.
bool Store::spillTo(const Chunk &chunk, qint64 &place)
{
    if (!m_spill) {
        return false;
    }
    const QByteArrayView text(chunk.page.get(), static_cast<qsizetype>(chunk.textSize));
    const qsizetype entriesSize = qsizetype{sizeof(Entry)} * chunk.lines;
    const QByteArrayView entries(chunk.page.get() + chunk.capacity - entriesSize, entriesSize);
    std::optional<Error> error;
    for (int attempt = 0; attempt < 2; ++attempt) { // the second time within what the disk had room for
        const Result<SpillFile::Room> room = m_spill->makeRoom(chunk.recordSize());
        if (!room) {
            error = room.error();
            break;
        }
        dropBefore(m_oldestSlot + room->forgotten);
        const Result<void> written =
            m_spill->write(room->place, text, room->place + Chunk::paddedText(chunk.textSize), entries);
        if (written) {
            place = room->place;
            return true;
        }
        error = written.error();
    }
    if (!m_complained) {
        m_complained = true;
        m_complaint = Line{0,
                           Level::Warning,
                           "patchpanel",
                           {},
                           "LOG",
                           QStringLiteral("%1 (%2): lines that memory has no room for are dropped and counted; %3")
                               .arg(error->message, error->where, error->hint)
                               .toUtf8(),
                           std::nullopt};
    }
    return false;
}

void Store::dropBefore(qsizetype slotNumber)
{
    if (slotNumber == m_oldestSlot) {
        return;
    }
    m_first.store(slot(slotNumber).first, std::memory_order_release); // before anything of it is gone
    for (; m_oldestSlot < slotNumber; ++m_oldestSlot) {
        Slot &dropped = slot(m_oldestSlot);
        const Chunk *chunk = dropped.chunk.load();
        qint64 names = chunkOverhead;
        for (std::size_t i = 0; i < chunk->names->sources.size(); ++i) {
            const Source &source = chunk->names->sources.at(i);
            names += sourceOverhead + source.service.size() + source.runId.size();
        }
        m_memory.fetch_sub(names, std::memory_order_relaxed);
        retire(dropped, nullptr);
    }
}

void Store::retire(Slot &slot, Chunk *successor)
{
    std::unique_ptr<Chunk> old(slot.chunk.exchange(successor));
    if (slot.pins.load() != 0) {
        m_retired.push_back({&slot, std::move(old)});
    }
}

const Store::Slot &Store::slot(qsizetype number) const
{
    return (*m_blocks[static_cast<std::size_t>(number / blockSlots)])[static_cast<std::size_t>(number % blockSlots)];
}

Store::Slot &Store::slot(qsizetype number)
{
    return const_cast<Slot &>(std::as_const(*this).slot(number));
}

// Precondition: index < size().
qsizetype Store::slotOf(qsizetype index) const
{
    qsizetype low = 0; // the last slot that begins at or before the index
    qsizetype high = m_slotCount.load(std::memory_order_acquire) - 1;
    while (low < high) {
        const qsizetype middle = (low + high + 1) / 2;
        if (slot(middle).first <= index) {
            low = middle;
        } else {
            high = middle - 1;
        }
    }
    return low;
}

qsizetype Store::endOf(qsizetype slotNumber, qsizetype size) const
{
    const bool isTail = slotNumber + 1 == m_slotCount.load(std::memory_order_acquire);
    return isTail ? size : std::min(size, slot(slotNumber + 1).first);
}

Line Store::at(qsizetype index) const
{
    LineBatch batch(*this);
    if (batch.readLine(index)) {
        return batch.line(index);
    }
    return droppedLine(1);
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
