#include "app/commands/commands.h"
#include "app/commands/runcommand.h"
#include "app/pastruns.h"

#include <QFileInfo>

namespace PatchPanel::App {

int rollBack(const Options &options)
{
    const QList<Storage::HistoryEntry> runs = pastRunsFor(options);
    const Result<Storage::HistoryEntry> run = findPastRun(runs, options.files.first());
    if (!run) {
        return refuse(options, run.error());
    }
    if (const Result<void> possible = checkCanBeRolledBack(*run, runs); !possible) {
        return refuse(options, possible.error());
    }
    if (!QFileInfo(run->workspace).isDir()) {
        return refuse(options,
                      Error{ErrorCode::NotFound, QStringLiteral("the workspace of run %1 is gone").arg(run->runId),
                            QStringLiteral("its undo slots were in it"), run->workspace});
    }
    return runRequests(options, run->workspace, {{.rollbackOf = run->runId, .workspace = run->workspace}});
}

} // namespace PatchPanel::App
