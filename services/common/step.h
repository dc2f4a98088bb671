#pragma once

#include <QJsonObject>
#include <QMetaType>
#include <QString>

#include <array>
#include <optional>

namespace PatchPanel {

// The six fixed steps of a run, in their order.
enum class Phase { Pre, Mutate, Build, Validate, Test, Commit };

inline constexpr std::array allPhases{Phase::Pre,      Phase::Mutate, Phase::Build,
                                      Phase::Validate, Phase::Test,   Phase::Commit};

enum class StepState {
    Pending,
    Running,
    Passed,
    Failed,
    Warned, // failed, but the task says that this only warns
    None, // the task has nothing for this step
    WouldRun, // dry run
    NotReached, // the run ended before this step
    Skipped, // switched off for this run
};

QString toString(Phase phase); // "pre", "mutate", "build", "validate", "test", "commit"
std::optional<Phase> phaseFromString(const QString &name);
QString toString(StepState state); // lowerCamel: "wouldRun"
std::optional<StepState> stepStateFromString(const QString &name);

// The name a person reads: "Pre-checks", "Mutations", "Build", "Validate", "Test", "Commit".
QString displayName(Phase phase);

// The tag of a step's lines in the log: "PRE", "MUTATE", "BUILD", "VALIDATE", "TEST", "GIT".
const char *logTag(Phase phase);
std::optional<Phase> phaseOfLogTag(const char *tag); // nothing for the tag of no step

// One step of a run as it is shown and sent.
struct Step {
    Phase phase = Phase::Pre;
    StepState state = StepState::Pending;
    qint64 durationMs = 0;
    QString summary = {}; // "2 commands", "1 created, 2 modified"; may be empty

    QJsonObject toJson() const; // {"phase","state","durationMs","summary"}
    // Pending for what is not understood.
    static Step fromJson(const QJsonObject &object);
    bool operator==(const Step &) const = default;
};

} // namespace PatchPanel

Q_DECLARE_METATYPE(PatchPanel::Step)
