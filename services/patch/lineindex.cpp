#include "services/patch/lineindex.h"

namespace PatchPanel::Patch {

LineIndex::LineIndex(QByteArrayView text)
{
    for (qsizetype at = 0; at < text.size();) {
        const qsizetype end = text.indexOf('\n', at);
        const qsizetype next = end < 0 ? text.size() : end + 1;
        const QByteArrayView line = text.sliced(at, next - at);
        at = next;

        auto known = m_idOfLine.constFind(line);
        if (known == m_idOfLine.constEnd()) {
            known = m_idOfLine.insert(line, static_cast<int>(m_places.size()));
            m_places.append(QList<int>());
        }
        m_places[known.value()].append(count());
        m_ids.append(known.value());
        m_lines.append(line);
        m_endedLines += line.endsWith('\n') ? 1 : 0;
        m_crlfLines += line.endsWith("\r\n") ? 1 : 0;
    }
}

} // namespace PatchPanel::Patch
