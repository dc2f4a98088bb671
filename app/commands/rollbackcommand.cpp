#include "app/commands/commands.h"
#include "app/commands/runcommand.h"
#include "app/pastruns.h"

#include <QFileInfo>

namespace PatchPanel::App {

int rollBack(const Options &options)
{
    const Result<Storage::HistoryEntry> run = pastRunFor(options);
    if (!run) {
        return refuse(options, run.error());
    }
    if (!QFileInfo(run->workspace).isDir()) {
        return refuse(options,
                      Error{ErrorCode::NotFound, QStringLiteral("the workspace of run %1 is gone").arg(run->runId),
                            QStringLiteral("its undo slots were in it"), run->workspace});
    }
    return runRequests(options, run->workspace, {{.rollbackOf = run->runId, .workspace = run->workspace}});
}

} // namespace PatchPanel::App
