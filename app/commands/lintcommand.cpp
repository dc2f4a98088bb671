#include "app/commands/commands.h"
#include "app/commands/lintreport.h"
#include "app/console.h"
#include "app/hostsetup.h"
#include "app/taskrequest.h"
#include "services/runner/taskfile.h"

#include <QFileInfo>
#include <QJsonDocument>

#include <algorithm>
#include <cstdio>

namespace PatchPanel::App {

namespace {

// A file that cannot be read is a finding like any other, so that the files after it are still looked at.
LintedFile unreadable(const QString &name, const Error &error)
{
    Patch::TaskReading reading;
    reading.problems.append({.code = Patch::ProblemCode::UnreadableFile, .message = error.message, .hint = error.hint});
    return lintedFile(name, reading);
}

LintedFile lintFile(const QString &name, const QString &workspace, const TaskOptions &options)
{
    const Result<QString> path = findTaskFile(name, workspace);
    if (!path) {
        return unreadable(name, path.error());
    }
    const Result<QByteArray> bytes = readTaskBytes(*path);
    if (!bytes) {
        return unreadable(name, bytes.error());
    }
    const QFileInfo info(*path);
    const Patch::ReadOptions reading{.mappedRoots = options.mapRoots,
                                     .strict = options.strict,
                                     .strip = options.strip,
                                     .hunkCounts =
                                         options.recount ? Patch::HunkCounts::Recounted : Patch::HunkCounts::Checked,
                                     .fileBeside = [&info](const QString &beside) {
                                         return Runner::readFileBeside(info.path(), info.fileName(), beside);
                                     }};
    return lintedFile(name, Patch::examineTask(*bytes, name, workspace, reading));
}

} // namespace

int lintTasks(const Options &options)
{
    const Result<QString> workspace = workspaceFor(options);
    if (!workspace) {
        return complain(workspace.error());
    }
    QList<LintedFile> files;
    for (const QString &name : options.files) {
        files.append(lintFile(name, *workspace, options.task));
    }
    const Ansi ansi = wantsColor(options.color, stdout) ? Ansi::Colored : Ansi::Plain;
    const QByteArray text = options.json ? QJsonDocument(lintJson(files)).toJson() : lintText(files, ansi);
    std::fwrite(text.constData(), 1, static_cast<std::size_t>(text.size()), stdout);
    const bool hasErrors = std::any_of(files.begin(), files.end(),
                                       [](const LintedFile &file) { return file.count(Patch::Severity::Error) > 0; });
    return hasErrors ? traitsOf(ErrorCode::InvalidTask).exitCode : 0;
}

} // namespace PatchPanel::App
