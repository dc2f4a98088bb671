#pragma once

#include "app/commands/diffstat.h"
#include "services/patch/taskreader.h"

#include <QJsonObject>

namespace PatchPanel::App {

// What lint found in one file.
struct LintedFile {
    QString name; // as it was named on the command line
    QString dialect; // empty when it could not be told
    QList<Patch::TaskProblem> findings; // problems, warnings and notes, in the order of their places

    int count(Patch::Severity severity) const;
};

// The findings of a reading, sorted.
LintedFile lintedFile(const QString &name, const Patch::TaskReading &reading);

// One block for each finding ("file:line:column: error: message [code]" and what belongs to it), then a line of counts
// for each file.
QByteArray lintText(const QList<LintedFile> &files, Ansi ansi);

// {"errors","warnings","files":[{"file","dialect","status","errors","warnings","problems":[TaskProblem::toJson()]}]}
// Status is "clean", "warnings" or "errors".
QJsonObject lintJson(const QList<LintedFile> &files);

} // namespace PatchPanel::App
