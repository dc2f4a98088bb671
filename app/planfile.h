#pragma once

#include "services/relay/runrequest.h"

#include <QJsonArray>

namespace PatchPanel::App {

// A plan that somebody looked at, with all that is needed to run exactly it: what `plan --output` saves and
// `run --plan` reads. A value.
struct PlanFile {
    QString planId = {};
    QString taskName = {};
    QByteArray task = {}; // its bytes
    QMap<QString, QByteArray> filesBeside = {}; // what it names with "contentsFrom"
    QString workspace = {}; // canonical path
    TaskOptions options = {};
    QJsonArray changes = {}; // {"path","from","kind","before","after","added","removed"}: SHA-256 or null

    // {"format":"patchpanel-plan","formatVersion":1,"planId","task":{"file","sha256","contentBase64"},"filesBeside",
    //  "workspace","options","changes"}
    QByteArray toBytes() const;
    // InvalidTask for bytes that toBytes() did not write, another format version, or a task that does not have its
    // SHA-256.
    static Result<PlanFile> fromBytes(QByteArrayView bytes);

    // The request that runs it, and nothing else.
    Relay::RunRequest request(const QString &inWorkspace) const;
};

// Writes it as a whole or not at all. Io.
Result<void> savePlan(const PlanFile &plan, const QString &path);
// NotFound, Io, and as fromBytes; `where` names the file.
Result<PlanFile> loadPlan(const QString &path);

// Stale, naming the paths that are no longer as the plan saw them.
Result<void> checkNotStale(const PlanFile &plan, const QString &workspace);

} // namespace PatchPanel::App
