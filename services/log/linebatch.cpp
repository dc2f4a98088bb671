#include "services/log/linebatch.h"

#include "services/log/spillfile.h"

#include <algorithm>
#include <utility>

namespace PatchPanel::Log {

// `copy` fetches what is needed of lines that are not in memory.
template <typename Copy> bool LineBatch::take(qsizetype index, const Copy &copy)
{
    if (!pin(index)) {
        return false;
    }
    if (!m_chunk->page && !(copy() && isStillThere())) {
        release();
        return false;
    }
    return true;
}

bool LineBatch::read(qsizetype index, Part part)
{
    return take(index, [this, part] { return copySpilled(part); });
}

bool LineBatch::readLine(qsizetype index)
{
    return take(index, [this, index] { return copySpilledLine(index); });
}

std::optional<Line> LineBatch::readOrSkip(qsizetype &index, qsizetype end, const QByteArray &runId)
{
    if (read(index)) {
        return std::nullopt;
    }
    const qsizetype begin = std::exchange(index, std::min(end, m_store.firstAfter(index)));
    return droppedLine(index - begin, runId);
}

void LineBatch::release()
{
    if (m_pinned) {
        m_pinned->pins.fetch_sub(1);
    }
    m_pinned = nullptr;
    m_chunk = nullptr;
    m_begin = 0;
    m_end = 0;
}

bool LineBatch::pin(qsizetype index)
{
    release();
    const qsizetype size = m_store.size();
    if (index < 0 || index >= size) {
        return false;
    }
    const qsizetype number = m_store.slotOf(index);
    const Store::Slot &slot = m_store.slot(number);
    slot.pins.fetch_add(1);
    m_pinned = &slot;
    m_chunk = slot.chunk.load();
    if (!m_chunk) {
        release();
        return false;
    }
    m_begin = slot.first;
    m_end = m_store.endOf(number, size);
    if (m_chunk->page) {
        m_text = m_chunk->page.get();
        m_lastEntry = std::as_const(*m_chunk).lastEntry();
    }
    return true;
}

bool LineBatch::copySpilled(Part part)
{
    m_copiedEntries.resize(m_chunk->lines);
    m_lastEntry = m_copiedEntries.data() + m_copiedEntries.size() - 1;
    if (!m_store.m_spill->read(m_chunk->entriesPlace(), reinterpret_cast<char *>(m_copiedEntries.data()),
                               static_cast<qint64>(m_copiedEntries.size() * sizeof(Entry)))) {
        return false;
    }
    if (part == Part::WithoutText) {
        return true;
    }
    m_copiedText.resize(m_chunk->textSize);
    m_text = m_copiedText.data();
    return m_store.m_spill->read(m_chunk->place, m_copiedText.data(), m_chunk->textSize);
}

bool LineBatch::copySpilledLine(qsizetype index)
{
    const qsizetype number = index - m_begin;
    const qsizetype count = number == 0 ? 1 : 2; // with the line before, which says where this one begins
    m_copiedEntries.resize(static_cast<std::size_t>(count));
    const qint64 place = m_chunk->entriesPlace() + (m_chunk->lines - number - 1) * qint64{sizeof(Entry)};
    if (!m_store.m_spill->read(place, reinterpret_cast<char *>(m_copiedEntries.data()),
                               count * qint64{sizeof(Entry)})) {
        return false;
    }
    Entry &entry = m_copiedEntries.front();
    const quint32 begin = count == 1 ? 0 : m_copiedEntries.back().end;
    entry.end -= begin;
    if (entry.end > m_chunk->textSize) {
        return false; // read while it was overwritten
    }
    m_copiedText.resize(entry.end);
    m_begin = index;
    m_end = index + 1;
    m_text = m_copiedText.data();
    m_lastEntry = &entry;
    return m_store.m_spill->read(m_chunk->place + begin, m_copiedText.data(), entry.end);
}

// Otherwise its place in the file may have been given away while it was read.
bool LineBatch::isStillThere() const
{
    return m_pinned->chunk.load() == m_chunk;
}

QByteArrayView LineBatch::text(qsizetype index) const
{
    const quint32 begin = index == m_begin ? 0 : entry(index - 1).end;
    return {m_text + begin, static_cast<qsizetype>(entry(index).end - begin)};
}

QByteArrayView LineBatch::texts(qsizetype first, qsizetype last) const
{
    const quint32 begin = first == m_begin ? 0 : entry(first - 1).end;
    return {m_text + begin, static_cast<qsizetype>(entry(last).end - begin)};
}

Line LineBatch::line(qsizetype index) const
{
    const QByteArray &tagName = tag(index);
    return Line{timeMs(index), level(index), service(index),
                runId(index),  tagName,      text(index).sliced(prefixLength(tagName)).toByteArray(),
                phase(index)};
}

} // namespace PatchPanel::Log
