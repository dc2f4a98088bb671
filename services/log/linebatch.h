#pragma once

#include "services/log/logchunk.h"
#include "services/log/logstore.h"

#include <vector>

namespace PatchPanel::Log {

// Looks at many lines without making a Line of each: filters, searches and writers to files go from batch to batch. It
// holds on to what it looks at, in memory or as a copy of what lies in the spill file, so keep it for a short time
// only. One thread at a time uses it; the store must outlive it.
class LineBatch {
public:
    enum class Part { Whole, WithoutText };

    explicit LineBatch(const Store &store)
        : m_store(store)
    {
    }
    ~LineBatch() { release(); }
    LineBatch(const LineBatch &) = delete;
    LineBatch &operator=(const LineBatch &) = delete;

    // Takes the lines around `index`. False when it cannot be read: it is not below size(), or it was dropped.
    bool read(qsizetype index, Part part = Part::Whole);
    // The same, but where lines from `index` on were dropped: a line that says how many of those before `end` were, and
    // `index` is behind them. Precondition: index < end <= size().
    std::optional<Line> readOrSkip(qsizetype &index, qsizetype end, const QByteArray &runId = {});
    // Takes that line alone: for a spilled one, without reading its neighbours.
    bool readLine(qsizetype index);
    void release();

    // The lines that are there: begin() <= the index asked for < end().
    qsizetype begin() const { return m_begin; }
    qsizetype end() const { return m_end; }

    // Precondition of all these: begin() <= index < end().
    Level level(qsizetype index) const { return entry(index).level(); }
    std::optional<Phase> phase(qsizetype index) const { return entry(index).phase(); }
    qint64 timeMs(qsizetype index) const { return m_chunk->baseTime + entry(index).time; }
    const QByteArray &service(qsizetype index) const { return source(sourceNumber(index)).service; }
    const QByteArray &runId(qsizetype index) const { return source(sourceNumber(index)).runId; }
    const QByteArray &tag(qsizetype index) const { return m_chunk->names->tags.at(entry(index).tag); }
    // Lines of one batch that have the same number have the same service and run.
    std::size_t sourceNumber(qsizetype index) const { return entry(index).source; }
    const Source &source(std::size_t number) const { return m_chunk->names->sources.at(number); }

    // As Line::toText(): "[TAG] text". Not with Part::WithoutText.
    QByteArrayView text(qsizetype index) const;
    // Of the lines from `first` to `last`, one after another with nothing between them.
    QByteArrayView texts(qsizetype first, qsizetype last) const;
    // Whether the text is printable ASCII only, so that it is shown byte by byte.
    bool isPlain(qsizetype index) const { return entry(index).isPlain(); }
    Line line(qsizetype index) const;

private:
    template <typename Copy> bool take(qsizetype index, const Copy &copy);
    bool pin(qsizetype index);
    bool copySpilled(Part part);
    bool copySpilledLine(qsizetype index);
    bool isStillThere() const;
    const Entry &entry(qsizetype index) const { return *(m_lastEntry - (index - m_begin)); }

    const Store &m_store;
    const Store::Slot *m_pinned = nullptr;
    const Chunk *m_chunk = nullptr;
    const char *m_text = nullptr;
    const Entry *m_lastEntry = nullptr; // of m_begin
    qsizetype m_begin = 0;
    qsizetype m_end = 0;
    std::vector<char> m_copiedText;
    std::vector<Entry> m_copiedEntries;
};

} // namespace PatchPanel::Log
