#pragma once

#include "services/log/linebatch.h"

#include <vector>

namespace PatchPanel::Ui {

// Which lines of the log are shown. Empty members do not filter.
struct LogFilter {
    QByteArray service = {};
    Log::Level minimum = Log::Level::Debug;
    QByteArray runId = {};
    std::optional<Phase> phase = {};

    bool accepts(const Log::LineBatch &lines, qsizetype index) const;
    bool acceptsAll() const { return *this == LogFilter{}; }
    bool operator==(const LogFilter &) const = default;
};

// The rows of the log view: the lines of the store that the filter accepts, in order. It grows by advance() only, so
// what is painted and what is counted agree. Holds nothing per line as long as nothing is filtered. GUI thread.
class LogRows {
public:
    explicit LogRows(const Log::Store &store);

    const LogFilter &filter() const { return m_filter; }
    // Starts over: no rows until advance().
    void setFilter(const LogFilter &filter);

    // Looks at no more than `budget` further lines of the store. False when there are more.
    bool advance(qsizetype budget);

    qsizetype size() const { return m_all ? m_scanned : static_cast<qsizetype>(m_rows.size()); }
    qsizetype scanned() const { return m_scanned; }
    // Precondition: row < size().
    Log::Line at(qsizetype row) const;

private:
    const Log::Store &m_store;
    LogFilter m_filter;
    bool m_all = true;
    qsizetype m_scanned = 0;
    std::vector<qsizetype> m_rows;
};

} // namespace PatchPanel::Ui
