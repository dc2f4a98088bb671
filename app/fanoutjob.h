#pragma once

#include "app/fanoutrecord.h"

#include <memory>
#include <optional>

namespace PatchPanel::App {

// All that a fan-out needs to begin, or to go on. A value but for the record, which one fan-out writes.
struct FanOutJob {
    Relay::RunRequest request = {}; // of each run, but for its workspace and key
    FanOutPlan plan = {};
    QList<FanOutRun> runs = {}; // as they stand, one for each of the workspaces
    std::shared_ptr<FanOutRecord> record = {}; // null: none is kept, and it cannot be resumed
    int damagedLines = 0; // of its record
};

// The folder of the records in that state folder.
QString fanOutFolder(const QString &stateFolder);

// A fan-out of the task file over the workspaces, which are canonical. `request` has its options. Its record is made in
// the folder unless it is a dry run, or the folder is empty. Errors of embeddedTask() and FanOutRecord::create().
Result<FanOutJob> newFanOut(const QString &taskFile, const Relay::RunRequest &request, const FanOutPlan &wanted,
                            const QString &folder);

// Which fan-out is to go on: the newest that fits. What is empty fits every one.
struct ResumeWish {
    QString task = {}; // canonical path of the task file
    QStringList patterns = {}; // absolute
    std::optional<QJsonObject> options = {}; // those that were asked for now
};

// The newest fan-out that fits `task` and `patterns`, when it has something to go on with; else absent. Records that
// cannot be read are passed over.
std::optional<FanOutState> unfinishedFanOut(const ResumeWish &wish, const QString &folder);

// The same, to go on with. NotFound when there is none; Stale when its task file is another one now; Usage when the
// options differ; Busy; errors of embeddedTask() and FanOutRecord::resume().
Result<FanOutJob> resumedFanOut(const ResumeWish &wish, const QString &folder);

// What of a request its record keeps: its JSON without task and workspace.
QJsonObject optionsOf(const Relay::RunRequest &request);

} // namespace PatchPanel::App
