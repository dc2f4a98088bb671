#include "ui/models/logrows.h"

#include <algorithm>

namespace PatchPanel::Ui {

bool LogFilter::accepts(const Log::LineBatch &lines, qsizetype index) const
{
    return lines.level(index) >= minimum && (service.isEmpty() || lines.service(index) == service)
        && (runId.isEmpty() || lines.runId(index) == runId) && (!phase || lines.phase(index) == phase);
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
    Log::LineBatch lines(m_store);
    while (m_scanned < end) {
        if (!lines.read(m_scanned, Log::LineBatch::Part::WithoutText)) {
            m_scanned = std::min(end, m_store.firstAfter(m_scanned));
            continue;
        }
        for (; m_scanned < std::min(end, lines.end()); ++m_scanned) {
            if (m_filter.accepts(lines, m_scanned)) {
                m_rows.push_back(m_scanned);
            }
        }
    }
    return m_scanned == available;
}

Log::Line LogRows::at(qsizetype row) const
{
    return m_store.at(m_all ? row : m_rows[static_cast<std::size_t>(row)]);
}

} // namespace PatchPanel::Ui
