#pragma once

#include <QByteArray>
#include <QHash>
#include <QList>

namespace PatchPanel::Patch {

// The lines of a text, each with its ending, numbered so that equal lines have equal numbers: comparing two lines
// costs one integer comparison, finding a line one lookup. Views into the text, which must outlive the index.
class LineIndex {
public:
    explicit LineIndex(QByteArrayView text);

    int count() const { return static_cast<int>(m_lines.size()); }
    QByteArrayView line(int at) const { return m_lines.at(at); } // 0-based
    int idAt(int at) const { return m_ids.at(at); }
    int idOf(QByteArrayView line) const { return m_idOfLine.value(line, -1); } // -1: no such line
    const QList<int> &placesOf(int id) const { return m_places.at(id); } // ascending, 0-based

    // Every line ends in CR LF, and there is one.
    bool allCrlf() const { return m_crlfLines > 0 && m_crlfLines == m_endedLines; }

private:
    QList<QByteArrayView> m_lines;
    QList<int> m_ids;
    QHash<QByteArrayView, int> m_idOfLine;
    QList<QList<int>> m_places;
    int m_endedLines = 0;
    int m_crlfLines = 0;
};

} // namespace PatchPanel::Patch
