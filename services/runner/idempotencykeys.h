#pragma once

#include "services/common/clock.h"
#include "services/common/result.h"

#include <QByteArray>
#include <QHash>
#include <QString>

#include <optional>

namespace PatchPanel::Runner {

// Which run an Idempotency-Key started, so that a request sent twice runs once
// (draft-ietf-httpapi-idempotency-key-header). In memory; keys are forgotten after 24 hours. Lives on the service's
// thread.
class IdempotencyKeys {
public:
    enum class Match { New, Same, OtherBody };
    struct Known {
        Match match = Match::New;
        QString runId = {}; // empty for New
    };

    explicit IdempotencyKeys(MonotonicClock clock = steadyClock());

    Known find(const QByteArray &key, const QByteArray &body);
    void remember(const QByteArray &key, const QByteArray &body, const QString &runId);

private:
    struct Entry {
        QByteArray bodyHash;
        QString runId;
        std::chrono::steady_clock::time_point expiry;
    };

    void forgetExpired();

    MonotonicClock m_clock;
    QHash<QByteArray, Entry> m_entries;
};

} // namespace PatchPanel::Runner
