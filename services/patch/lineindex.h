#pragma once

#include "services/patch/linematcher.h"

#include <span>
#include <vector>

namespace PatchPanel::Patch {

// Where each line of a file stands, found by a 64-bit hash of the line: built in one pass, for hunks that do not stand
// where they should. Equal hashes are taken for equal lines only after a comparison. A view of the matcher, which must
// outlive it.
class LineIndex {
public:
    explicit LineIndex(const LineMatcher &matcher);

    int count() const { return static_cast<int>(m_hashes.size()); }
    qsizetype startOf(int line) const { return m_starts[static_cast<size_t>(line)]; } // 0-based; count(): the end
    QByteArrayView line(int line) const;
    // The lines whose hash is that of `line`, ascending.
    std::span<const int> placesOf(QByteArrayView line) const;

private:
    size_t slotOf(quint64 hash) const;

    const LineMatcher &m_matcher;
    std::vector<qsizetype> m_starts;
    std::vector<quint64> m_hashes;
    // An open-addressed table: the places of a hash are m_places[first, first + count).
    struct Slot {
        int first = 0;
        int count = 0;
    };
    std::vector<Slot> m_slots;
    std::vector<int> m_places;
};

} // namespace PatchPanel::Patch
