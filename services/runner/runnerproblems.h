#pragma once

#include "services/common/error.h"

namespace PatchPanel::Runner {

inline Error unknownRun(const QString &runId)
{
    return {ErrorCode::NotFound, QStringLiteral("no run %1 is known").arg(runId),
            QStringLiteral("GET /runs lists the known ones")};
}

} // namespace PatchPanel::Runner
