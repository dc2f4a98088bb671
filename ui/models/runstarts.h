#pragma once

#include "services/log/logstore.h"

#include <QDeadlineTimer>
#include <QHash>

#include <optional>

namespace PatchPanel::Ui {

// When each run began: the time of its first line in the log. Looks at each line once. GUI thread; the store must
// outlive it.
class RunStarts {
public:
    explicit RunStarts(const Log::Store &store)
        : m_store(store)
    {
    }

    // Looks at further lines until the deadline. False when there are more.
    bool advance(const QDeadlineTimer &deadline);

    // ms since the epoch; nothing for a run that is not known (yet).
    std::optional<qint64> startOf(const QByteArray &runId) const;

private:
    const Log::Store &m_store;
    qsizetype m_next = 0; // index of the line to look at
    QHash<QByteArray, qint64> m_starts;
};

} // namespace PatchPanel::Ui
