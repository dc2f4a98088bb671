#pragma once

#include "services/common/step.h"
#include "services/relay/runrequest.h"
#include "ui/style/shape.h"

namespace PatchPanel::Ui {

// How a run's end is told to a person.
struct OutcomeLook {
    Shape shape = Shape::Dot;
    Tone tone = Tone::Text;
    QString word = {}; // "Committed abc1234", "Validate failed", "Cancelled"
};

// What the window calls a step: "Build".
QString phaseName(Phase phase);

// One or two words for each way to end.
QString wordFor(RunStatus status);

// The same for a column of a table: "Failed", "Cancelled".
QString shortWordFor(RunStatus status);

OutcomeLook lookOf(const Relay::RunOutcome &outcome);

// One sentence with all that matters: the word, what happened to the files, the reason.
QString sentenceFor(const Relay::RunOutcome &outcome);

// What a person can do in a shell about a workspace that a run could not take back: where the files of before are, and
// how the repository's version of each comes back.
QString restoreCommandsFor(const Relay::RunOutcome &outcome);

// The step that failed, if one did.
std::optional<Phase> failedPhase(const Relay::RunOutcome &outcome);

// Runs that end so leave what they changed in the workspace.
bool leavesChanges(RunStatus status);
// Whether this one did, so that there is something to roll back.
bool leftChanges(const Relay::RunOutcome &outcome);

// Whether it is, or is the answer to, the taking back of a past run.
bool isRollback(const Relay::RunOutcome &outcome);

// Why there is no usable result; empty for a run that ended with one and no error.
std::optional<Error> errorOf(const Relay::RunOutcome &outcome);

} // namespace PatchPanel::Ui
