#include "services/runner/runlist.h"

#include <QJsonArray>
#include <QSet>

namespace PatchPanel::Runner {

namespace {

constexpr int usualLimit = 50;
constexpr int mostListed = 1000;

QString text(const Http::Request &request, const char *name)
{
    return request.query.queryItemValue(QString::fromLatin1(name), QUrl::FullyDecoded);
}

Result<Storage::HistoryQuery> queryFrom(const Http::Request &request)
{
    Storage::HistoryQuery query{.limit = usualLimit,
                                .cursor = text(request, "cursor"),
                                .task = text(request, "task"),
                                .workspace = text(request, "workspace"),
                                .text = text(request, "q")};
    if (const QString limit = text(request, "limit"); !limit.isEmpty()) {
        bool isNumber = false;
        query.limit = limit.toInt(&isNumber);
        if (!isNumber || query.limit < 0 || query.limit > mostListed) {
            return Error{ErrorCode::BadRequest,
                         QStringLiteral("limit must be a whole number from 0 to %1").arg(mostListed),
                         {},
                         QStringLiteral("limit")};
        }
    }
    if (const QString status = text(request, "status"); !status.isEmpty()) {
        query.status = runStatusFromString(status);
        if (!query.status) {
            return Error{ErrorCode::BadRequest, QStringLiteral("there is no run status \"%1\"").arg(status),
                         QStringLiteral("for example ok, failed, conflict or interrupted"), QStringLiteral("status")};
        }
    }
    return query;
}

bool contains(const QString &where, const QString &what)
{
    return what.isEmpty() || where.contains(what, Qt::CaseInsensitive);
}

bool fits(const RunRecord &record, const Storage::HistoryQuery &query)
{
    return (!query.status || record.status == *query.status)
        && (query.workspace.isEmpty() || record.workspace == query.workspace) && contains(record.taskName, query.task)
        && contains(record.taskName + u'\n' + record.id + u'\n' + record.workspace, query.text);
}

} // namespace

Result<QJsonObject> listRuns(const Http::Request &request, const Runner &runner)
{
    const Result<Storage::HistoryQuery> query = queryFrom(request);
    if (!query) {
        return query.error();
    }
    const RunHistory *history = runner.history();
    QJsonArray runs;
    QSet<QString> listed;
    for (const RunRecord *record : runner.newestFirst()) {
        const bool isHere = !history || !isFinal(record->status);
        if (runs.size() < query->limit && query->cursor.isEmpty() && isHere && fits(*record, *query)) {
            runs.append(record->summary());
            listed.insert(record->id);
        }
    }
    QJsonObject answer;
    if (history) {
        const Result<Storage::HistoryPage> page = history->list(*query);
        if (!page) {
            return page.error();
        }
        for (const Storage::HistoryEntry &entry : page->entries) {
            if (!listed.contains(entry.runId)) {
                runs.append(entry.toJson());
            }
        }
        if (!page->next.isEmpty()) {
            answer[QStringLiteral("nextCursor")] = page->next;
        }
    }
    answer[QStringLiteral("runs")] = runs;
    return answer;
}

} // namespace PatchPanel::Runner
