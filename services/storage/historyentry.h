#pragma once

#include "services/common/runstatus.h"

#include <QByteArray>
#include <QJsonObject>
#include <QList>
#include <QString>

#include <optional>

namespace PatchPanel::Storage {

// What the history knows of one run. The whole of it is in the run's report, in its workspace.
struct HistoryEntry {
    QString runId = {};
    RunStatus status = RunStatus::Unknown; // Running until its end is recorded
    QString rolledBackRun = {}; // of a rollback: the run that it takes back
    QString taskId = {};
    QString taskTitle = {};
    QString taskFile = {};
    QString taskSha256 = {};
    QString workspace = {}; // canonical path
    QString runner = {};
    QString machine = {}; // of the runner
    qint64 startedMs = 0; // since the epoch
    qint64 durationMs = 0;
    int created = 0; // paths
    int modified = 0; // contents or mode
    int deleted = 0;
    int moved = 0;
    int gatesPassed = 0;
    int gatesFailed = 0;
    QString commit = {};
    QString message = {};
    QString reportPath = {}; // report.md; empty when there is none
    qint64 undoBytes = 0; // what its undo slots take on the disk

    int changes() const { return created + modified + deleted + moved; }
    // Its file; of a rollback, which has none, the title.
    QString taskName() const { return taskFile.isEmpty() ? taskTitle : taskFile; }

    // From a run's result or report.json.
    static HistoryEntry fromReport(const QJsonObject &report);
    // {"runId","status","task","title","workspace","runner","machine","startedAt","submittedAt","durationMs","changes",
    //  "commit","message","dryRun","rolledBackRun"}: one line of a list.
    QJsonObject toJson() const;
};

// The report of a run that left none in its workspace.
struct RunReport {
    QByteArray json = {};
    QByteArray markdown = {};

    bool isEmpty() const { return json.isEmpty() && markdown.isEmpty(); }
};

// Which runs are wanted; what is empty is not asked for.
struct HistoryQuery {
    int limit = 50;
    QString cursor = {}; // a page's `next`
    std::optional<RunStatus> status = {};
    QString task = {}; // part of its id, title or file
    QString workspace = {}; // canonical path
    QString text = {}; // part of the run's id, task, workspace or message
    qint64 sinceMs = 0;
};

// How much of the past is kept.
struct HistoryLimits {
    int runs = 1000; // and as many that had nothing to do: these push no other out, whose way back would go with it
    qint64 undoBytes = qint64(1) << 30;

    bool operator==(const HistoryLimits &) const = default;
};

struct HistoryPage {
    QList<HistoryEntry> entries = {}; // newest first
    QString next = {}; // cursor of the next page; empty: this is the last one

    // {"runs":[…],"nextCursor"}: without the cursor on the last page.
    QJsonObject toJson() const;
};

} // namespace PatchPanel::Storage
