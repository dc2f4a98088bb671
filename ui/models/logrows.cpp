#include "ui/models/logrows.h"

#include <algorithm>

namespace PatchPanel::Ui {

bool LogFilter::accepts(const Log::Line &line) const
{
    return line.level >= minimum && (service.isEmpty() || line.service == service)
        && (runId.isEmpty() || line.runId == runId) && (!phase || line.phase == phase);
}

LogRows::LogRows(const Log::Store &store)
    : m_store(store)
{
}

void LogRows::setFilter(const LogFilter &filter)
{
    m_filter = filter;
    m_all = filter.acceptsAll();
    m_scanned = 0;
    m_rows.clear();
}

bool LogRows::advance(qsizetype budget)
{
    const qsizetype available = m_store.size();
    if (m_all) {
        m_scanned = available;
        return true;
    }
    const qsizetype end = std::min(available, m_scanned + budget);
    for (; m_scanned < end; ++m_scanned) {
        if (m_filter.accepts(m_store.at(m_scanned))) {
            m_rows.push_back(m_scanned);
        }
    }
    return m_scanned == available;
}

const Log::Line &LogRows::at(qsizetype row) const
{
    return m_store.at(m_all ? row : m_rows[static_cast<std::size_t>(row)]);
}

} // namespace PatchPanel::Ui
