#include "app/commands/commands.h"
#include "app/commands/historytable.h"
#include "app/console.h"
#include "app/pastruns.h"

#include <QJsonDocument>

#include <cstdio>

namespace PatchPanel::App {

namespace {

QByteArray noRuns(const Storage::HistoryQuery &query)
{
    const bool isFiltered = query.status || !query.task.isEmpty() || query.sinceMs > 0 || !query.cursor.isEmpty();
    const QString where = query.workspace.isEmpty() ? QString() : QStringLiteral(" in ") + query.workspace;
    return (isFiltered ? QStringLiteral("No run%1 fits.\n") : QStringLiteral("No runs yet%1.\n")).arg(where).toUtf8();
}

QByteArray asText(const Storage::HistoryPage &page, const Storage::HistoryQuery &query, const Options &options)
{
    if (page.entries.isEmpty()) {
        return noRuns(query);
    }
    const Ansi ansi = wantsColor(options.color, stdout) ? Ansi::Colored : Ansi::Plain;
    const TableScope scope = query.workspace.isEmpty() ? TableScope::AllWorkspaces : TableScope::OneWorkspace;
    QByteArray text = historyTable(page.entries, scope, ansi);
    if (!page.next.isEmpty()) {
        text += "Older runs: --cursor " + page.next.toUtf8() + '\n';
    }
    return text;
}

} // namespace

int showHistory(const Options &options)
{
    Storage::HistoryQuery query = options.history;
    query.workspace = namedWorkspace(options);
    const auto history = openHistory(options);
    const Result<Storage::HistoryPage> page =
        history ? (*history)->list(query) : Result<Storage::HistoryPage>(history.error());
    if (!page) {
        return complain(page.error());
    }
    const QByteArray text = options.json ? QJsonDocument(page->toJson()).toJson() : asText(*page, query, options);
    std::fwrite(text.constData(), 1, static_cast<std::size_t>(text.size()), stdout);
    return 0;
}

} // namespace PatchPanel::App
