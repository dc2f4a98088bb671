#include "services/patch/diffparser.h"
#include "services/patch/planner.h"
#include "services/patch/taskreader.h"
#include "tests/fuzz/fuzzing.h"
#include "tests/support/tempworkspace.h"

using namespace PatchPanel;

namespace {

// A small workspace, made once: planning writes nothing.
const QString &workspace()
{
    static const Test::TempWorkspace folder;
    static const QString path = [] {
        Fuzz::require(folder.write(QStringLiteral("VERSION"), "3.0.0\n"));
        Fuzz::require(folder.write(QStringLiteral("README.md"), "# Title\n\n## Services\n\n- one\n- two\n\n## Use\n"));
        Fuzz::require(folder.write(QStringLiteral("config/limits.conf"), "timeout_call=30\r\nretries=3"));
        return folder.path();
    }();
    return path;
}

// The preview of a text file is a diff that can be read.
void requireReadablePreview(const Patch::Change &change)
{
    const QByteArray preview = Patch::previewDiff(change);
    if (change.isBinary()) {
        return;
    }
    const auto diff = Patch::parseDiff(preview, Patch::HunkCounts::Checked);
    Fuzz::require(diff && diff->files.size() == 1 && diff->files.first().path() == change.path);
}

} // namespace

// Any task that can be read can be planned or is clearly refused: covers the ops, their patterns and anchors.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const auto task = Patch::readTask(Fuzz::viewOf(data, size).toByteArray(), QStringLiteral("fuzz.json"), workspace());
    if (!task) {
        return 0;
    }
    const auto plan = Patch::makePlan(*task, workspace());
    if (!plan) {
        Fuzz::requireClear(plan.error());
        return 0;
    }
    for (const Patch::Change &change : plan->changes) {
        Fuzz::require(change.before || change.after);
        requireReadablePreview(change);
    }
    const auto again = Patch::makePlan(*task, workspace());
    Fuzz::require(again && again->id == plan->id);
    return 0;
}
