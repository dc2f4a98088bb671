#pragma once

#include "app/pastruns.h"
#include "services/common/runstatus.h"

#include <QJsonObject>

#include <optional>

namespace PatchPanel::App {

// A past run in one line.
struct RunSummary {
    QString runId = {};
    RunStatus status = RunStatus::Unknown;
    QString task = {}; // its file; of a rollback its title
    QString workspace = {};
    QDateTime startedAt = {};
    qint64 durationMs = 0;
    qsizetype changes = 0; // paths

    // From a report.json.
    static RunSummary fromReport(const QJsonObject &report);
    // {"runId","status","task","workspace","startedAt","durationMs","changes"}
    QJsonObject toJson() const;
};

// Which past runs are wanted.
struct RunQuery {
    std::optional<RunStatus> status = {};
    QString task = {}; // part of its name, in any case of letters; empty: all
    QDateTime since = {}; // invalid: from the beginning
    int limit = 20;
    QString cursor = {}; // a page's nextCursor; empty: the first page
};

struct RunPage {
    QList<RunSummary> runs = {}; // newest first
    QString nextCursor = {}; // empty: this is the last page
};

// The page of `newestFirst` that the query asks for. Reads no more reports than it needs; one that cannot be read is
// left out. NotFound for a cursor that is none.
Result<RunPage> listRuns(const QList<PastRun> &newestFirst, const RunQuery &query);

} // namespace PatchPanel::App
