#include "services/common/runstatus.h"

#include <algorithm>
#include <iterator>

namespace PatchPanel {

namespace {

struct Row {
    RunStatus status;
    const char *name;
    int exitCode;
};

constexpr Row rows[] = {
    {RunStatus::Queued, "queued", 4},
    {RunStatus::Running, "running", 4},
    {RunStatus::Ok, "ok", 0},
    {RunStatus::Noop, "noop", 0},
    {RunStatus::Skipped, "skipped", 0},
    {RunStatus::Failed, "failed", 1},
    {RunStatus::Conflict, "conflict", 3},
    {RunStatus::Invalid, "invalid", 3},
    {RunStatus::Stale, "stale", 3},
    {RunStatus::Busy, "busy", 4},
    {RunStatus::Cancelled, "cancelled", 130},
    {RunStatus::Interrupted, "interrupted", 1},
    {RunStatus::AppliedNotCommitted, "appliedNotCommitted", 1},
    {RunStatus::RollbackFailed, "rollbackFailed", 6},
    {RunStatus::Unknown, "unknown", 4},
};

const Row &rowOf(RunStatus status)
{
    return *std::find_if(std::begin(rows), std::end(rows), [status](const Row &r) { return r.status == status; });
}

} // namespace

QString toString(RunStatus status)
{
    return QString::fromLatin1(rowOf(status).name);
}

std::optional<RunStatus> runStatusFromString(const QString &name)
{
    const auto row =
        std::find_if(std::begin(rows), std::end(rows), [&name](const Row &r) { return name == QLatin1String(r.name); });
    return row == std::end(rows) ? std::nullopt : std::optional(row->status);
}

bool isFinal(RunStatus status)
{
    return status != RunStatus::Queued && status != RunStatus::Running;
}

bool isSuccess(RunStatus status)
{
    return status == RunStatus::Ok || status == RunStatus::Noop || status == RunStatus::Skipped;
}

int exitCodeFor(RunStatus status)
{
    return rowOf(status).exitCode;
}

} // namespace PatchPanel
