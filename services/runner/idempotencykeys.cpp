#include "services/runner/idempotencykeys.h"

#include "services/common/ids.h"

namespace PatchPanel::Runner {

namespace {

constexpr std::chrono::hours lifetime{24};

} // namespace

IdempotencyKeys::IdempotencyKeys(MonotonicClock clock)
    : m_clock(std::move(clock))
{
}

IdempotencyKeys::Known IdempotencyKeys::find(const QByteArray &key, const QByteArray &body)
{
    forgetExpired();
    const auto entry = m_entries.constFind(key);
    if (entry == m_entries.constEnd()) {
        return {};
    }
    return {entry->bodyHash == sha256Hex(body) ? Match::Same : Match::OtherBody, entry->runId};
}

void IdempotencyKeys::remember(const QByteArray &key, const QByteArray &body, const QString &runId)
{
    m_entries.insert(key, {sha256Hex(body), runId, m_clock() + lifetime});
}

void IdempotencyKeys::forgetExpired()
{
    const auto now = m_clock();
    m_entries.removeIf([now](const auto &entry) { return entry.value().expiry <= now; });
}

} // namespace PatchPanel::Runner
