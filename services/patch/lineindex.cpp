#include "services/patch/lineindex.h"

#include <bit>

namespace PatchPanel::Patch {

LineIndex::LineIndex(const LineMatcher &matcher)
    : m_matcher(matcher)
{
    constexpr qsizetype usualLineBytes = 32;
    const QByteArrayView file = matcher.file();
    m_starts.reserve(static_cast<size_t>(file.size() / usualLineBytes + 2));
    m_hashes.reserve(static_cast<size_t>(file.size() / usualLineBytes + 1));
    for (qsizetype start = 0; start < file.size();) {
        const QByteArrayView line = matcher.lineAt(start);
        m_starts.push_back(start);
        m_hashes.push_back(matcher.hashOf(line));
        start += line.size();
    }
    m_starts.push_back(file.size());

    // Count the lines of each hash, then give each hash its part of m_places. While they are counted, `first` of a slot
    // is one of its lines, which tells whose slot it is.
    m_slots.resize(std::bit_ceil(m_hashes.size() * 2 + 1));
    std::vector<int> slotOfLine(m_hashes.size());
    for (size_t i = 0; i < m_hashes.size(); ++i) {
        const size_t mask = m_slots.size() - 1;
        size_t slot = m_hashes[i] & mask;
        while (m_slots[slot].count > 0 && m_hashes[static_cast<size_t>(m_slots[slot].first)] != m_hashes[i]) {
            slot = (slot + 1) & mask;
        }
        m_slots[slot].first = static_cast<int>(i);
        ++m_slots[slot].count;
        slotOfLine[i] = static_cast<int>(slot);
    }
    int next = 0;
    for (Slot &slot : m_slots) {
        slot.first = next;
        next += slot.count;
        slot.count = 0;
    }
    m_places.resize(m_hashes.size());
    for (size_t i = 0; i < m_hashes.size(); ++i) {
        Slot &slot = m_slots[static_cast<size_t>(slotOfLine[i])];
        m_places[static_cast<size_t>(slot.first + slot.count++)] = static_cast<int>(i);
    }
}

QByteArrayView LineIndex::line(int line) const
{
    return m_matcher.file().sliced(startOf(line), startOf(line + 1) - startOf(line));
}

size_t LineIndex::slotOf(quint64 hash) const
{
    const size_t mask = m_slots.size() - 1;
    size_t slot = hash & mask;
    const auto hashAt = [this](const Slot &entry) {
        return m_hashes[static_cast<size_t>(m_places[static_cast<size_t>(entry.first)])];
    };
    while (m_slots[slot].count > 0 && hashAt(m_slots[slot]) != hash) {
        slot = (slot + 1) & mask;
    }
    return slot;
}

std::span<const int> LineIndex::placesOf(QByteArrayView line) const
{
    const Slot &slot = m_slots[slotOf(m_matcher.hashOf(line))];
    return std::span(m_places).subspan(static_cast<size_t>(slot.first), static_cast<size_t>(slot.count));
}

} // namespace PatchPanel::Patch
