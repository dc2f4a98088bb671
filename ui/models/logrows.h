#pragma once

#include "services/log/linebatch.h"
#include "ui/models/logslice.h"
#include "ui/models/textmatcher.h"

#include <QDeadlineTimer>

#include <functional>
#include <vector>

namespace PatchPanel::Ui {

// Which lines of the log are shown. Empty members do not filter.
struct LogFilter {
    QByteArray service = {};
    Log::Level minimum = Log::Level::Debug;
    QByteArray runId = {};
    std::optional<Phase> phase = {};
    QString pattern = {}; // lines without a match are left out; an invalid expression leaves out none
    TextMatcher::Options options = {};

    bool acceptsAll() const { return *this == LogFilter{}; }
    bool operator==(const LogFilter &) const = default;
};

// The rows of the log view: the lines of the store that the filter accepts, in order. It grows by advance() only, so
// what is painted and what is counted agree. A row's number never changes as long as the filter stays: rows that were
// cleared, or whose lines the store dropped, are left out at the front. Holds one bit for each line, and nothing as
// long as nothing is filtered. GUI thread.
class LogRows {
public:
    explicit LogRows(const Log::Store &store);

    const LogFilter &filter() const { return m_filter; }
    // Starts over: no rows until advance().
    void setFilter(const LogFilter &filter);

    // Leaves out the lines before that index of the store; 0 leaves out none.
    void setBegin(qsizetype index) { m_begin = index; }
    qsizetype begin() const { return m_begin; }

    // Looks at further lines of the store until the deadline. False when there are more.
    bool advance(const QDeadlineTimer &deadline);

    bool isComplete() const { return m_scanned == m_store.size(); }

    // Rows first() to end() - 1 can be shown.
    qsizetype first() const { return rowOf(std::min(m_scanned, std::max(m_begin, m_store.first()))); }
    qsizetype end() const { return m_all ? m_scanned : m_found; }
    qsizetype size() const { return end() - first(); }

    // Precondition of both: row < end().
    qsizetype indexOf(qsizetype row) const;
    Log::Line at(qsizetype row) const { return m_store.at(indexOf(row)); }
    // The first row at or behind the line of that index. Precondition: index <= the number of lines looked at.
    qsizetype rowOf(qsizetype index) const;

    // Calls `visit` for the rows from `from` to `end` - 1, until it returns false. Lines that were dropped are left
    // out.
    using Visitor = std::function<bool(qsizetype row, const Log::LineBatch &lines, qsizetype index)>;
    void visit(qsizetype from, qsizetype end, const Visitor &visit) const;

    // The same rows for another thread. Precondition: from < end <= end().
    LogSlice slice(qsizetype from, qsizetype end) const;

private:
    void scan(const Log::LineBatch &lines, qsizetype end, const QDeadlineTimer &deadline);
    bool hasMatch(const Log::LineBatch &lines, qsizetype index);
    void grow(qsizetype lines);
    qsizetype nextIndex(qsizetype index) const;

    const Log::Store &m_store;
    LogFilter m_filter;
    bool m_all = true;
    std::optional<TextMatcher> m_matcher; // nothing: any text will do
    QByteArray m_text; // of the line that is looked at
    qsizetype m_begin = 0;
    qsizetype m_scanned = 0;
    qsizetype m_found = 0;
    std::vector<quint64> m_bits; // one for each line: whether it is a row
    std::vector<qsizetype> m_rowsBefore; // each word of m_bits' block
};

} // namespace PatchPanel::Ui
