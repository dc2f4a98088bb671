#include "services/patch/diffapplication.h"
#include "services/patch/linediff.h"
#include "services/patch/taskreader.h"
#include "tests/fuzz/fuzzing.h"
#include "tests/support/tempworkspace.h"

using namespace PatchPanel;
using Patch::PlanOptions;
using Test::TempWorkspace;

namespace {

const QString fileName = QStringLiteral("f");

// A file, a diff for it and how to apply it.
struct Case {
    PlanOptions options;
    QByteArray contents; // of the file
    QByteArray diff;
    // When the diff was made here: from what to what.
    bool made = false;
    QByteArray from;
    QByteArray to;
};

PlanOptions optionsOf(QByteArrayView letters)
{
    PlanOptions options;
    options.fuzz = letters.contains('2') ? 2 : letters.contains('1') ? 1 : 0;
    options.recount = letters.contains('r');
    options.skipApplied = letters.contains('s');
    options.offset = letters.contains('n') ? Patch::OffsetChoice::Nearest : Patch::OffsetChoice::Unique;
    options.whitespace = letters.contains('w') ? Patch::Whitespace::Ignored : Patch::Whitespace::Exact;
    return options;
}

// Empty when there is no difference.
QByteArray diffBetween(const QByteArray &from, const QByteArray &to)
{
    const QByteArray hunks = Patch::lineDiff(from, to).hunks;
    return hunks.isEmpty() ? hunks : "--- a/f\n+++ b/f\n" + hunks;
}

// Input: letters for the options, the file's contents and the diff. With the letter m in front the rest is two texts
// from which the diff is made, the first being the contents as well, or three: the contents and the two texts.
std::optional<Case> caseOf(QByteArrayView input)
{
    const bool made = input.startsWith('m');
    const QList<QByteArrayView> parts = Fuzz::partsOf(input, made ? 4 : 3);
    if (parts.size() < 3) {
        return std::nullopt;
    }
    Case result{optionsOf(parts.first()), parts.at(1).toByteArray(), parts.last().toByteArray(), made, {}, {}};
    if (made) {
        result.from = parts.at(parts.size() - 2).toByteArray();
        result.to = parts.last().toByteArray();
        result.diff = diffBetween(result.from, result.to);
    }
    return result.diff.isEmpty() ? std::nullopt : std::optional(result);
}

QByteArray bytesOf(const std::optional<Patch::FileState> &state)
{
    return state ? state->contents.toByteArray() : QByteArray();
}

// A task that is nothing but the diff.
Result<Patch::Plan> planOf(const QByteArray &diff, const TempWorkspace &workspace, const PlanOptions &options)
{
    Result<Patch::Diff> parsed = Patch::parseDiff(diff, Patch::HunkCounts::Recounted);
    if (!parsed) {
        return parsed.error();
    }
    Patch::Op op;
    op.kind = Patch::OpKind::Diff;
    op.contents = diff;
    op.diff = std::make_shared<const Patch::Diff>(*std::move(parsed));
    Patch::Task task;
    task.ops.append(op);
    return Patch::makePlan(task, workspace.path(), options);
}

// What stands on the disk is what the plan said.
void requireDone(const Patch::Plan &plan, const TempWorkspace &workspace)
{
    for (const Patch::Change &change : plan.changes) {
        Fuzz::require(workspace.exists(change.path) == change.after.has_value());
        Fuzz::require(change.from.isEmpty() || !workspace.exists(change.from));
        if (change.after && !change.after->symlink) {
            Fuzz::require(workspace.read(change.path) == bytesOf(change.after));
        }
    }
}

// A diff that was made here applies to the text it was made from, and leads to the text it was made for. Where equal
// lines leave open which way it goes, it may be refused as ambiguous or be taken for applied.
void requireMadeDiffApplies(const Case &test, const Result<Patch::Plan> &plan)
{
    // With white space ignored, added lines take the endings of the file.
    if (!test.made || test.contents != test.from || test.options.whitespace == Patch::Whitespace::Ignored) {
        return;
    }
    Fuzz::require(plan || plan.error().code == ErrorCode::Ambiguous);
    if (plan && !plan->changes.isEmpty()) {
        Fuzz::require(bytesOf(plan->changes.first().after) == test.to);
    }
}

// The opposite of the diff, when it applies to the result, leads back.
void requireUndoLeadsBack(const Case &test, const TempWorkspace &workspace)
{
    if (!test.made || test.options.fuzz > 0 || test.options.whitespace == Patch::Whitespace::Ignored) {
        return;
    }
    const auto undo = planOf(diffBetween(test.to, test.from), workspace, test.options);
    if (undo && !undo->changes.isEmpty()) {
        Fuzz::require(bytesOf(undo->changes.first().after) == test.contents);
    }
}

} // namespace

// A plan that was made is carried out to the byte; its diff is never applied a second time; its opposite leads back.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const std::optional<Case> test = caseOf(Fuzz::viewOf(data, size));
    if (!test) {
        return 0;
    }
    const TempWorkspace workspace;
    Fuzz::require(workspace.write(fileName, test->contents));
    const auto plan = planOf(test->diff, workspace, test->options);
    requireMadeDiffApplies(*test, plan);
    if (!plan) {
        Fuzz::requireClear(plan.error());
        return 0;
    }
    const QByteArrayView trimmed = QByteArrayView(test->diff).trimmed();
    if (trimmed.startsWith('{') || trimmed.startsWith('[')) {
        return 0; // would be read as a JSON task
    }
    const auto applied = Patch::applyDiffTo(workspace.path(), test->diff, test->options, Patch::Durability::Process);
    Fuzz::require(applied && applied->changes.size() == plan->changes.size());
    requireDone(*plan, workspace);
    const auto again = planOf(test->diff, workspace, test->options);
    // With fuzz, what was inserted can itself look like the place: that is why it is not the default.
    Fuzz::require(test->options.fuzz > 0 || !again || again->changes.isEmpty());
    if (!plan->changes.isEmpty()) { // else nothing was done that could be undone
        requireUndoLeadsBack(*test, workspace);
    }
    return 0;
}
