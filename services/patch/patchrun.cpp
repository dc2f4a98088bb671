#include "services/patch/patchrun.h"

#include "services/common/clock.h"
#include "services/patch/runsession.h"

#include <exception>

namespace PatchPanel::Patch {

RunResult runTask(const Task &task, const QString &workspace, const RunOptions &options, const Log::Writer &log,
                  const std::function<void(const Step &)> &stepChanged, std::stop_token stop)
{
    const std::function<void(const Step &)> changed = stepChanged ? stepChanged : [](const Step &) {
    };
    RunSession run(task, workspace, options, log, changed, std::move(stop));
    try {
        return run.run();
    } catch (const std::exception &exception) {
        return run.interrupted(exception.what());
    }
}

RunResult resultOfUnreadableTask(const Error &error, const QString &file, const QString &workspace,
                                 const RunOptions &options)
{
    RunResult result;
    result.runId = options.runId;
    result.runner = options.runner;
    result.machine = options.machine;
    result.traceparent = options.traceparent;
    result.dryRun = options.dryRun;
    result.workspace = workspace;
    result.startedMs = wallClockMs();
    result.task.file = file;
    result.status = statusOf(error);
    result.message = error.message;
    result.error = error;
    for (Step &step : result.steps) {
        step.state = StepState::NotReached;
    }
    result.checks = makeChecks(result, options, {});
    return result;
}

} // namespace PatchPanel::Patch
