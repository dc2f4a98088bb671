#include "app/commands/commands.h"
#include "app/commands/historytable.h"
#include "app/commands/sharedruncommand.h"
#include "app/commands/shownsafely.h"
#include "app/pastruns.h"
#include "services/runner/runhistory.h"

#include <QJsonDocument>

#include <cstdio>
#include <unistd.h>

namespace PatchPanel::App {

namespace {

using Runner::RunHistory;
using Storage::HistoryEntry;

QString whyNoReport(const HistoryEntry &run)
{
    return run.reportPath.isEmpty()
        ? QStringLiteral("Run %1 left no report: this is what the history knows of it.").arg(run.runId)
        : QStringLiteral("The report of run %1 is gone (%2): this is what the history knows of it.")
              .arg(run.runId, run.reportPath);
}

QString line(const char *name, const QString &value)
{
    return value.isEmpty() ? QString() : QLatin1String(name).toString().leftJustified(11) + value.simplified() + u'\n';
}

// A report in short, where the report itself is gone.
QByteArray summaryOf(const HistoryEntry &run)
{
    const bool hasTitle = !run.taskTitle.isEmpty() && run.taskTitle != run.taskName();
    const QString title = hasTitle ? QStringLiteral(" (%1)").arg(run.taskTitle) : QString();
    const QString changes = QStringLiteral("%1 created, %2 modified, %3 deleted, %4 moved")
                                .arg(run.created)
                                .arg(run.modified)
                                .arg(run.deleted)
                                .arg(run.moved);
    const QString commands = QStringLiteral("%1 passed, %2 failed").arg(run.gatesPassed).arg(run.gatesFailed);
    const QString text = line("Run", run.runId) + line("Status", toString(run.status))
        + line("Task", run.taskName() + title) + line("Took back", run.rolledBackRun) + line("Workspace", run.workspace)
        + line("Runner", run.runner) + line("Machine", run.machine) + line("Started", timeText(run.startedMs))
        + line("Duration", durationText(run.durationMs)) + line("Changes", changes) + line("Commands", commands)
        + line("Commit", run.commit) + line("Message", run.message);
    return text.toUtf8();
}

} // namespace

int showRun(const Options &options)
{
    if (options.follow) {
        return followSharedRun(options);
    }
    const Result<HistoryEntry> run = pastRunFor(options);
    if (!run && run.error().code == ErrorCode::NotFound && !options.redisUrl.isEmpty()) {
        return showSharedRun(options, run.error());
    }
    if (!run) {
        return complain(run.error());
    }
    const Storage::RunReport report = reportOfPastRun(*run, options);
    if (report.markdown.isEmpty()) {
        std::fprintf(stderr, "patchpanel: %s\n", qUtf8Printable(whyNoReport(*run)));
    }
    QByteArray text = options.json  ? QJsonDocument(RunHistory::resultOf(*run, report)).toJson()
        : report.markdown.isEmpty() ? summaryOf(*run)
                                    : report.markdown;
    if (isatty(STDOUT_FILENO) == 1) { // as it stands on disk, but nothing in it controls a terminal
        text = shownSafely(text);
    }
    std::fwrite(text.constData(), 1, static_cast<std::size_t>(text.size()), stdout);
    return 0;
}

} // namespace PatchPanel::App
