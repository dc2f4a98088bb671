#pragma once

#include "services/common/runstatus.h"
#include "services/common/step.h"

#include <QByteArray>
#include <QJsonObject>
#include <QString>

#include <array>

namespace PatchPanel::Runner {

// What a runner remembers of a run, from its submission on. A value.
struct RunRecord {
    QString id = {};
    RunStatus status = RunStatus::Queued;
    QString taskName = {}; // file, or the name of the content
    QString workspace = {}; // canonical path
    bool dryRun = false;
    QString rollbackOf = {}; // the run that it takes back
    QString traceparent = {}; // of the request; empty: none
    qint64 submittedMs = 0; // since the epoch
    bool isOfQueue = false; // it comes back when it could not begin
    bool hasBegun = false; // false also of a run that was cancelled while it waited
    std::array<Step, 6> steps = {Step{Phase::Pre},      Step{Phase::Mutate}, Step{Phase::Build},
                                 Step{Phase::Validate}, Step{Phase::Test},   Step{Phase::Commit}};
    qsizetype logBegin = 0; // the run's lines lie in the log store from here …
    qsizetype logEnd = -1; // … to before here; -1 while it is not final
    QByteArray result = {}; // compact JSON; empty while it is not final, like the rest
    QByteArray report = {}; // report.md
    QString message = {};
    int retries = 0; // how often its task wants to be run again when it was interrupted
    qint64 durationMs = 0;

    // Compact JSON: the result, or {"status","runId","steps"} and where there is one "traceparent" while it is not
    // final.
    QByteArray toJson() const;
    // One line of a list: {"runId","status","task","workspace","dryRun","submittedAt","durationMs","message"}.
    QJsonObject summary() const;
};

} // namespace PatchPanel::Runner
