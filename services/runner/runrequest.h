#pragma once

#include "services/common/result.h"
#include "services/common/runsettings.h"
#include "services/common/taskoptions.h"

#include <QByteArray>
#include <QJsonObject>
#include <QMap>
#include <QString>
#include <QStringList>

#include <chrono>
#include <optional>

namespace PatchPanel::Runner {

// What a client asks a runner to do: the body of POST /run-patch as a value.
struct RunRequest {
    QString rollbackOf = {}; // id of the past run to take back; then only workspace and dryRun count
    QString file = {}; // of the task, relative to the workspace; used when there is no content
    std::optional<QByteArray> content = {}; // the task's own bytes
    QString contentName = {}; // how messages name them
    QMap<QString, QByteArray> filesBeside = {}; // what the content names with "contentsFrom", by that name
    QString workspace = {}; // absolute; empty: the runner's default
    bool dryRun = false;
    bool force = false; // run although the cache knows it, or the task is disabledByDefault
    bool useCache = true;
    QString planId = {};
    TaskOptions options = {};
    RunSettings settings = {};
    std::optional<std::chrono::seconds> gateTimeout = {};
    QString traceparent = {}; // from the header, valid; empty: none
    bool isKeyed = false; // an Idempotency-Key belongs to it
    // Of a job from a queue: this run and those of the attempts before it. What one of them did before, by another
    // process perhaps, counts. Empty: the run is no such job.
    QStringList runsOfJob = {};

    QString taskName() const
    {
        return !rollbackOf.isEmpty() ? QStringLiteral("the rollback of run ") + rollbackOf
            : content                ? contentName
                                     : file;
    }
};

// Reads the members file | task | contentBase64 + name, filesBeside ({"name": Base64}), workspace, dryRun, force,
// noCache, plan, timeoutSeconds and those of TaskOptions and RunSettings. BadRequest with the JSON Pointer for a wrong
// type or value, and naming every member that is unknown.
Result<RunRequest> parseRunRequest(const QJsonObject &body);

} // namespace PatchPanel::Runner
