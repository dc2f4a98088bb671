#pragma once

#include "services/common/result.h"

#include <QByteArray>
#include <QJsonObject>
#include <QString>

#include <chrono>
#include <optional>

namespace PatchPanel::Runner {

// What a client asks a runner to do: the body of POST /run-patch as a value.
struct RunRequest {
    QString file = {}; // of the task, relative to the workspace; used when there is no content
    std::optional<QByteArray> content = {}; // the task's own bytes
    QString contentName = {}; // how messages name them
    QString workspace = {}; // absolute; empty: the runner's default
    bool dryRun = false;
    bool force = false; // run although the cache knows it, or the task is disabledByDefault
    bool useCache = true;
    QString planId = {};
    int fuzz = 0;
    bool recount = false;
    std::optional<std::chrono::seconds> gateTimeout = {};

    QString taskName() const { return content ? contentName : file; }
};

// Reads the members file | task | contentBase64 + name, workspace, dryRun, force, noCache, plan, fuzz, recount and
// timeoutSeconds. BadRequest with the JSON Pointer for a wrong type or value, and naming every member that is unknown.
Result<RunRequest> parseRunRequest(const QJsonObject &body);

} // namespace PatchPanel::Runner
