#include "app/commands/commands.h"
#include "app/commands/historytable.h"
#include "app/console.h"
#include "app/hostsetup.h"
#include "app/runsummary.h"

#include <QJsonArray>
#include <QJsonDocument>

#include <cstdio>

namespace PatchPanel::App {

namespace {

QByteArray asJson(const RunPage &page)
{
    QJsonArray runs;
    for (const RunSummary &run : page.runs) {
        runs.append(run.toJson());
    }
    QJsonObject document{{QStringLiteral("runs"), runs}};
    if (!page.nextCursor.isEmpty()) {
        document.insert(QStringLiteral("nextCursor"), page.nextCursor);
    }
    return QJsonDocument(document).toJson();
}

QByteArray asText(const RunPage &page, const QString &workspace, const Options &options)
{
    if (page.runs.isEmpty()) {
        return QStringLiteral("No run in %1 fits.\n").arg(workspace).toUtf8();
    }
    const Ansi ansi = wantsColor(options.color, stdout) ? Ansi::Colored : Ansi::Plain;
    QByteArray text = historyTable(page.runs, ansi);
    if (!page.nextCursor.isEmpty()) {
        text += "Older runs: --cursor " + page.nextCursor.toUtf8() + '\n';
    }
    return text;
}

} // namespace

int showHistory(const Options &options)
{
    const Result<QString> workspace = workspaceFor(options);
    if (!workspace) {
        return complain(workspace.error());
    }
    const QList<PastRun> runs = pastRunsIn(*workspace);
    if (runs.isEmpty() && !options.json) {
        std::printf("No runs yet in %s.\n", qUtf8Printable(*workspace));
        return 0;
    }
    const Result<RunPage> page = listRuns(runs, options.history);
    if (!page) {
        return complain(page.error());
    }
    const QByteArray text = options.json ? asJson(*page) : asText(*page, *workspace, options);
    std::fwrite(text.constData(), 1, static_cast<std::size_t>(text.size()), stdout);
    return 0;
}

} // namespace PatchPanel::App
