#include "services/runner/runlist.h"

#include <QSet>
#include <QStringList>

namespace PatchPanel::Runner {

namespace {

constexpr int usualLimit = 50;
constexpr int mostListed = 1000;

QString text(const Http::Request &request, const char *name)
{
    return request.query.queryItemValue(QString::fromLatin1(name), QUrl::FullyDecoded);
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

Result<void> checkNames(const QUrlQuery &query)
{
    static const QStringList known{QStringLiteral("limit"), QStringLiteral("cursor"),    QStringLiteral("status"),
                                   QStringLiteral("task"),  QStringLiteral("workspace"), QStringLiteral("q")};
    for (const auto &[name, value] : query.queryItems(QUrl::FullyDecoded)) {
        if (!known.contains(name)) {
            return Error{ErrorCode::BadRequest, QStringLiteral("there is no parameter \"%1\"").arg(name),
                         QStringLiteral("known are ") + known.join(QStringLiteral(", ")), name};
        }
    }
    return {};
}

} // namespace

Result<Storage::HistoryQuery> runListQuery(const Http::Request &request)
{
    if (const Result<void> checked = checkNames(request.query); !checked) {
        return checked.error();
    }
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

QJsonArray rememberedRuns(const Runner &runner, const Storage::HistoryQuery &query)
{
    QJsonArray runs;
    for (const RunRecord *record : runner.newestFirst()) {
        const bool isHere = !runner.history() || !isFinal(record->status);
        if (runs.size() < query.limit && query.cursor.isEmpty() && isHere && fits(*record, query)) {
            runs.append(record->summary());
        }
    }
    return runs;
}

QJsonObject runList(const QJsonArray &remembered, const Storage::HistoryPage &page)
{
    QSet<QString> listed;
    for (const QJsonValue &run : remembered) {
        listed.insert(run[QStringLiteral("runId")].toString());
    }
    QJsonObject list = page.toJson();
    QJsonArray runs = remembered;
    for (const QJsonValue &run : list[QStringLiteral("runs")].toArray()) {
        if (!listed.contains(run[QStringLiteral("runId")].toString())) {
            runs.append(run);
        }
    }
    list[QStringLiteral("runs")] = runs;
    return list;
}

} // namespace PatchPanel::Runner
