#include "services/common/step.h"

#include <algorithm>
#include <cstring>
#include <iterator>

namespace PatchPanel {

namespace {

struct PhaseRow {
    Phase phase;
    const char *name;
    const char *display;
    const char *tag;
};

constexpr PhaseRow phaseRows[] = {
    {Phase::Pre, "pre", "Pre-checks", "PRE"},  {Phase::Mutate, "mutate", "Mutations", "MUTATE"},
    {Phase::Build, "build", "Build", "BUILD"}, {Phase::Validate, "validate", "Validate", "VALIDATE"},
    {Phase::Test, "test", "Test", "TEST"},     {Phase::Commit, "commit", "Commit", "GIT"},
};

struct StateRow {
    StepState state;
    const char *name;
};

constexpr StateRow stateRows[] = {
    {StepState::Pending, "pending"},   {StepState::Running, "running"},       {StepState::Passed, "passed"},
    {StepState::Failed, "failed"},     {StepState::Warned, "warned"},         {StepState::None, "none"},
    {StepState::WouldRun, "wouldRun"}, {StepState::NotReached, "notReached"}, {StepState::Skipped, "skipped"},
};

const PhaseRow &rowOf(Phase phase)
{
    return phaseRows[static_cast<std::size_t>(phase)];
}

} // namespace

QString toString(Phase phase)
{
    return QString::fromLatin1(rowOf(phase).name);
}

std::optional<Phase> phaseFromString(const QString &name)
{
    const auto row = std::find_if(std::begin(phaseRows), std::end(phaseRows),
                                  [&name](const PhaseRow &r) { return name == QLatin1String(r.name); });
    return row == std::end(phaseRows) ? std::nullopt : std::optional(row->phase);
}

const char *logTag(Phase phase)
{
    return rowOf(phase).tag;
}

std::optional<Phase> phaseOfLogTag(const char *tag)
{
    const auto row = std::find_if(std::begin(phaseRows), std::end(phaseRows),
                                  [tag](const PhaseRow &r) { return std::strcmp(tag, r.tag) == 0; });
    return row == std::end(phaseRows) ? std::nullopt : std::optional(row->phase);
}

QString displayName(Phase phase)
{
    return QString::fromLatin1(rowOf(phase).display);
}

QString toString(StepState state)
{
    return QString::fromLatin1(stateRows[static_cast<std::size_t>(state)].name);
}

std::optional<StepState> stepStateFromString(const QString &name)
{
    const auto row = std::find_if(std::begin(stateRows), std::end(stateRows),
                                  [&name](const StateRow &r) { return name == QLatin1String(r.name); });
    return row == std::end(stateRows) ? std::nullopt : std::optional(row->state);
}

QJsonObject Step::toJson() const
{
    return {{QStringLiteral("phase"), toString(phase)},
            {QStringLiteral("state"), toString(state)},
            {QStringLiteral("durationMs"), durationMs},
            {QStringLiteral("summary"), summary}};
}

Step Step::fromJson(const QJsonObject &object)
{
    return Step{phaseFromString(object[QStringLiteral("phase")].toString()).value_or(Phase::Pre),
                stepStateFromString(object[QStringLiteral("state")].toString()).value_or(StepState::Pending),
                object[QStringLiteral("durationMs")].toInteger(), object[QStringLiteral("summary")].toString()};
}

} // namespace PatchPanel
