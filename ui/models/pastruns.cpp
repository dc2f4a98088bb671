#include "ui/models/pastruns.h"

#include "services/common/json.h"
#include "ui/models/runsmodel.h"
#include "ui/models/servicetexts.h"

#include <QUrl>

#include <utility>

namespace PatchPanel::Ui {

namespace {

constexpr int pageSize = 50;

QString encoded(const QString &text)
{
    return QString::fromLatin1(QUrl::toPercentEncoding(text));
}

Relay::RunOutcome outcomeFrom(const QByteArray &body, const QJsonObject &run)
{
    Relay::RunOutcome outcome;
    outcome.status = runStatusFromString(run[QStringLiteral("status")].toString()).value_or(RunStatus::Unknown);
    outcome.runId = run[QStringLiteral("runId")].toString();
    outcome.runner = run[QStringLiteral("runner")].toString();
    outcome.body = body;
    outcome.response = run;
    outcome.totalMs = run[QStringLiteral("durationMs")].toInteger();
    return outcome;
}

} // namespace

PastRuns::PastRuns(App::ServiceHost &host, QObject *parent)
    : QObject(parent)
    , m_host(host)
    , m_model(new RunsModel(this))
{
    connect(&host, &App::ServiceHost::answered, this, &PastRuns::take);
    connect(m_model, &RunsModel::moreWanted, this, &PastRuns::loadMore);
}

void PastRuns::setFilter(const RunFilter &filter)
{
    if (filter != m_filter) {
        m_filter = filter;
        reload();
    }
}

void PastRuns::reload()
{
    m_moreTicket = 0;
    m_firstTicket = requestPage({});
}

void PastRuns::loadMore()
{
    m_moreTicket = requestPage(m_cursor);
}

void PastRuns::open(const QString &runId)
{
    m_openId = runId;
    m_reportTicket = 0;
    m_runTicket = m_host.look({.path = QStringLiteral("/runs/") + runId});
}

void PastRuns::remove(const QString &runId)
{
    m_removeId = runId;
    m_removeTicket = m_host.look({.removes = true, .path = QStringLiteral("/runs/") + runId});
}

void PastRuns::findInterrupted()
{
    m_interruptedTicket = m_host.look({.path = QStringLiteral("/runs"),
                                       .query = QStringLiteral("limit=1&status=") + toString(RunStatus::Interrupted)});
}

quint64 PastRuns::requestPage(const QString &cursor)
{
    QString query = QStringLiteral("limit=%1").arg(pageSize);
    if (!cursor.isEmpty()) {
        query += QStringLiteral("&cursor=") + encoded(cursor);
    }
    if (m_filter.status) {
        query += QStringLiteral("&status=") + toString(*m_filter.status);
    }
    if (!m_filter.text.isEmpty()) {
        query += QStringLiteral("&q=") + encoded(m_filter.text);
    }
    return m_host.look({.path = QStringLiteral("/runs"), .query = query});
}

// Answers to what was asked before the last question of a kind come too late and are dropped.
void PastRuns::take(quint64 ticket, const Relay::LookupAnswer &answer)
{
    if (ticket == m_firstTicket) {
        m_firstTicket = 0;
        takePage(answer, true);
    } else if (ticket == m_moreTicket) {
        m_moreTicket = 0;
        takePage(answer, false);
    } else if (ticket == m_runTicket) {
        m_runTicket = 0;
        takeRun(answer);
    } else if (ticket == m_reportTicket) {
        m_reportTicket = 0;
        Q_EMIT reportLoaded(m_openId, answer.error ? translatedServiceText(*answer.error).toUtf8() : answer.body);
    } else if (ticket == m_removeTicket) {
        m_removeTicket = 0;
        if (answer.error) {
            Q_EMIT removeFailed(*answer.error);
        } else {
            Q_EMIT removed(m_removeId);
            reload();
        }
    } else if (ticket == m_interruptedTicket) {
        m_interruptedTicket = 0;
        takeInterrupted(answer);
    }
}

void PastRuns::takeInterrupted(const Relay::LookupAnswer &answer)
{
    const Result<QJsonObject> page = answer.error ? Result<QJsonObject>(*answer.error) : parseJsonObject(answer.body);
    const QJsonArray runs = page ? (*page)[QStringLiteral("runs")].toArray() : QJsonArray();
    if (!runs.isEmpty()) {
        Q_EMIT interruptedFound(ListedRun::fromJson(runs.first().toObject()));
    }
}

void PastRuns::takePage(const Relay::LookupAnswer &answer, bool isFirst)
{
    const Result<QJsonObject> page = answer.error ? Result<QJsonObject>(*answer.error) : parseJsonObject(answer.body);
    if (!page) {
        Q_EMIT loadFailed(page.error());
        return;
    }
    const QJsonArray runs = (*page)[QStringLiteral("runs")].toArray();
    m_cursor = (*page)[QStringLiteral("nextCursor")].toString();
    if (isFirst) {
        m_model->setRuns(runs, !m_cursor.isEmpty());
        Q_EMIT loaded();
    } else {
        m_model->appendRuns(runs, !m_cursor.isEmpty());
    }
}

void PastRuns::takeRun(const Relay::LookupAnswer &answer)
{
    const Result<QJsonObject> run = answer.error ? Result<QJsonObject>(*answer.error) : parseJsonObject(answer.body);
    if (!run) {
        Q_EMIT openFailed(m_openId, run.error());
        return;
    }
    Q_EMIT opened(outcomeFrom(answer.body, *run));
    m_reportTicket = m_host.look(
        {.path = QStringLiteral("/runs/%1/report").arg(m_openId), .accept = QByteArrayLiteral("text/markdown")});
}

} // namespace PatchPanel::Ui
