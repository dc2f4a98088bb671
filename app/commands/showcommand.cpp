#include "app/commands/commands.h"
#include "app/commands/shownsafely.h"
#include "app/hostsetup.h"
#include "app/pastruns.h"

#include <QFile>

#include <cstdio>
#include <unistd.h>

namespace PatchPanel::App {

namespace {

Result<QByteArray> reportOf(const PastRun &run, bool json)
{
    QFile file(json ? run.jsonReportPath() : run.reportPath());
    if (!file.open(QIODevice::ReadOnly)) {
        return Error{ErrorCode::NotFound,
                     QStringLiteral("the report of run %1 cannot be read: %2").arg(run.id, file.errorString()),
                     {},
                     file.fileName()};
    }
    return file.readAll();
}

} // namespace

int showRun(const Options &options)
{
    const Result<QString> workspace = workspaceFor(options);
    if (!workspace) {
        return complain(workspace.error());
    }
    const Result<PastRun> run = findPastRun(pastRunsIn(*workspace), options.files.first());
    if (!run) {
        return complain(run.error());
    }
    const Result<QByteArray> report = reportOf(*run, options.json);
    if (!report) {
        return complain(report.error());
    }
    // As it stands on disk, but nothing in it controls a terminal.
    const QByteArray text = isatty(STDOUT_FILENO) == 1 ? shownSafely(*report) : *report;
    std::fwrite(text.constData(), 1, static_cast<std::size_t>(text.size()), stdout);
    return 0;
}

} // namespace PatchPanel::App
