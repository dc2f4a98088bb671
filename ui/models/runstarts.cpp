#include "ui/models/runstarts.h"

#include "services/log/linebatch.h"

#include <vector>

namespace PatchPanel::Ui {

bool RunStarts::advance(const QDeadlineTimer &deadline)
{
    Log::LineBatch lines(m_store);
    const qsizetype size = m_store.size();
    while (m_next < size) {
        if (deadline.hasExpired()) {
            return false;
        }
        if (!lines.read(m_next, Log::LineBatch::Part::WithoutText)) {
            m_next = m_store.firstAfter(m_next);
            continue;
        }
        std::vector<bool> isKnown; // by number of the batch's source
        for (; m_next < std::min(size, lines.end()); ++m_next) {
            const std::size_t number = lines.sourceNumber(m_next);
            if (number >= isKnown.size()) {
                isKnown.resize(number + 1);
            }
            if (isKnown[number]) {
                continue;
            }
            isKnown[number] = true;
            const QByteArray &runId = lines.source(number).runId;
            if (!runId.isEmpty() && !m_starts.contains(runId)) {
                m_starts.insert(runId, lines.timeMs(m_next));
            }
        }
    }
    return true;
}

std::optional<qint64> RunStarts::startOf(const QByteArray &runId) const
{
    const auto known = m_starts.constFind(runId);
    return known == m_starts.constEnd() ? std::nullopt : std::optional(*known);
}

} // namespace PatchPanel::Ui
