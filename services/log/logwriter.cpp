#include "services/log/logwriter.h"

namespace PatchPanel::Log {

Writer::Writer(Store &store, QByteArray service, QByteArray runId)
    : m_store(&store)
    , m_service(std::move(service))
    , m_runId(std::move(runId))
{
}

void Writer::write(Level level, const char *tag, const QString &text) const
{
    if (keeps(level)) {
        const std::optional<Phase> phase = m_runId.isEmpty() ? std::nullopt : phaseOfLogTag(tag);
        m_store->append(Line{0, level, m_service, m_runId, tag, text.toUtf8(), phase});
    }
}

void Writer::output(Level level, const char *tag, Phase phase, QByteArray bytes) const
{
    m_store->append(Line{0, level, m_service, m_runId, tag, std::move(bytes), phase});
}

Writer Writer::forRun(const QString &runId) const
{
    return Writer(*m_store, m_service, runId.toUtf8());
}

} // namespace PatchPanel::Log
