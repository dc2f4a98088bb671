#pragma once

#include "services/common/result.h"

#include <QDateTime>
#include <QList>
#include <QString>

namespace PatchPanel::App {

// A run that ended, as far as its report and the name of its folder tell.
struct PastRun {
    QString id = {};
    QString workspace = {}; // canonical
    QDateTime reportedAt = {}; // when its report was written

    QString reportPath() const; // report.md
    QString jsonReportPath() const; // report.json
};

// The runs that left a report in the workspace, newest first.
QList<PastRun> pastRunsIn(const QString &workspace);

// The run that a person means: by its id, by the beginning of it that no other run has, or by "last", the newest.
// NotFound, with the runs that it may have been.
Result<PastRun> findPastRun(const QList<PastRun> &newestFirst, const QString &name);

} // namespace PatchPanel::App
