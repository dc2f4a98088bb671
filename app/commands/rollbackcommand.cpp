#include "app/commands/commands.h"
#include "app/commands/runcommand.h"
#include "app/hostsetup.h"
#include "app/pastruns.h"

namespace PatchPanel::App {

int rollBack(const Options &options)
{
    const Result<QString> workspace = workspaceFor(options);
    if (!workspace) {
        return refuse(options, workspace.error());
    }
    const Result<PastRun> run = findPastRun(pastRunsIn(*workspace), options.files.first());
    if (!run) {
        return refuse(options, run.error());
    }
    return runRequests(options, *workspace, {{.rollbackOf = run->id, .workspace = *workspace}});
}

} // namespace PatchPanel::App
