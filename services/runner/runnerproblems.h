#pragma once

#include "services/common/error.h"

namespace PatchPanel::Runner {

inline Error unknownRun(const QString &runId)
{
    return {ErrorCode::NotFound, QStringLiteral("no run %1 is known").arg(runId),
            QStringLiteral("GET /runs lists the known ones")};
}

inline Error notEnded(const QString &runId)
{
    return {ErrorCode::Busy, QStringLiteral("run %1 has not ended").arg(runId),
            QStringLiteral("cancel it, or wait for its end")};
}

// For what is kept in memory only.
inline Error notOfThisProcess(const QString &runId)
{
    return {ErrorCode::NotFound, QStringLiteral("no run %1 of this process is known").arg(runId),
            QStringLiteral("GET /runs/%1 tells how one of before ended").arg(runId)};
}

} // namespace PatchPanel::Runner
