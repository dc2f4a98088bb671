#pragma once

#include "services/common/step.h"

#include <QByteArray>
#include <QDeadlineTimer>

#include <array>
#include <optional>

namespace PatchPanel::Ui {

class LogRows;

// Looks for the line of a failed step that tells most about why it failed: the first that names an error, as compilers,
// test runners and interpreters print one; else the first on stderr; else the first that the runner logged as an error.
// GUI thread.
class FirstError {
public:
    // Of that step of that run; lines that `rows` leaves out are not looked at.
    FirstError(const LogRows &rows, QByteArray runId, Phase phase);

    // Looks at further rows until the deadline. False when there are more to look at.
    bool advance(const QDeadlineTimer &deadline);

    // The best row so far.
    std::optional<qsizetype> row() const;
    bool isCertain() const { return m_found[Named].has_value(); } // no further row can be better
    std::optional<qsizetype> firstRow() const { return m_firstRow; } // of the step

    // Whether a line, as it is shown, names an error: "a.cpp:3:1: error: …", "error[E0308]: …", "ValueError: …",
    // "FAIL: …", "not ok 3 - …".
    static bool namesError(QByteArrayView utf8);

private:
    enum Rank { Named, OnStderr, Logged };

    const LogRows &m_rows;
    QByteArray m_runId;
    Phase m_phase;
    QByteArray m_commandLead; // how the lines begin that say what is run
    qsizetype m_next = 0; // row to look at
    std::optional<qsizetype> m_firstRow;
    std::array<std::optional<qsizetype>, 3> m_found; // the first of each rank
};

} // namespace PatchPanel::Ui
