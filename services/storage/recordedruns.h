#pragma once

#include "services/common/result.h"
#include "services/storage/historyentry.h"

namespace PatchPanel::Storage {

class Database;

// What History does with its table of runs, on one connection.
namespace RecordedRuns {

enum class Existing { Replaced, Kept };

Result<void> insert(const Database &database, const HistoryEntry &entry, Existing existing = Existing::Replaced);
Result<void> setReport(const Database &database, const QString &runId, const RunReport &report);
// Empty when it has none.
Result<RunReport> report(const Database &database, const QString &runId);
// The run and its report.
Result<void> remove(const Database &database, const QString &runId);
// Up to two of those whose id begins so.
Result<QList<HistoryEntry>> beginningWith(const Database &database, const QString &runId);
// BadRequest for a cursor that is none.
Result<HistoryPage> page(const Database &database, const HistoryQuery &query);
// See History::surplus().
Result<QList<HistoryEntry>> surplus(const Database &database, const HistoryLimits &limits);

} // namespace RecordedRuns

} // namespace PatchPanel::Storage
