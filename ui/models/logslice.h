#pragma once

#include "services/log/linebatch.h"

#include <functional>
#include <vector>

namespace PatchPanel::Ui {

// Some rows of the log that any thread may look through, whatever becomes of the view meanwhile. LogRows makes it. A
// value; the store must outlive it.
class LogSlice {
public:
    qsizetype firstRow() const { return m_firstRow; }
    qsizetype endRow() const { return m_endRow; }

    // Calls `visit` for rows whose lines follow each other within a batch: the first of them is `row`, their lines are
    // `begin` to `end` - 1. Until it returns false. Lines that were dropped are left out.
    using Visitor = std::function<bool(qsizetype row, const Log::LineBatch &lines, qsizetype begin, qsizetype end)>;
    void visitRuns(const Visitor &visit) const;

private:
    friend class LogRows;

    bool isRow(qsizetype index) const;
    qsizetype nextRowIndex(qsizetype index) const;

    const Log::Store *m_store = nullptr;
    qsizetype m_firstRow = 0;
    qsizetype m_endRow = 0;
    qsizetype m_firstIndex = 0; // of the store
    qsizetype m_endIndex = 0;
    qsizetype m_firstWord = 0;
    std::vector<quint64> m_bits; // a copy of those of LogRows, from m_firstWord on; empty: every line is a row
};

} // namespace PatchPanel::Ui
