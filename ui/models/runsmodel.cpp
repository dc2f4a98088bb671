#include "ui/models/runsmodel.h"

#include "ui/models/format.h"
#include "ui/models/outcome.h"
#include "ui/models/servicetexts.h"

#include <QApplication>
#include <QJsonObject>
#include <QLocale>

#include <algorithm>

namespace PatchPanel::Ui {

namespace {

bool isRightAligned(int column)
{
    return column == RunsModel::ChangesColumn || column == RunsModel::DurationColumn;
}

QString textOf(const ListedRun &run, int column)
{
    switch (column) {
    case RunsModel::TimeColumn:
        return run.time.toLocalTime().toString(QStringLiteral("yyyy-MM-dd HH:mm:ss"));
    case RunsModel::StatusColumn:
        return shortWordFor(run.status);
    case RunsModel::TaskColumn:
        return run.task;
    case RunsModel::RunnerColumn:
        return run.runner;
    case RunsModel::CommitColumn:
        return run.commit.left(7);
    case RunsModel::ChangesColumn:
        return run.changes < 0 ? QString() : formatCount(run.changes);
    default:
        return isFinal(run.status) ? formatDuration(run.durationMs) : QString();
    }
}

} // namespace

ListedRun ListedRun::fromJson(const QJsonObject &run)
{
    return {run[QStringLiteral("runId")].toString(),
            runStatusFromString(run[QStringLiteral("status")].toString()).value_or(RunStatus::Unknown),
            run[QStringLiteral("task")].toString(),
            run[QStringLiteral("workspace")].toString(),
            run[QStringLiteral("runner")].toString(),
            run[QStringLiteral("commit")].toString(),
            run[QStringLiteral("message")].toString(),
            QDateTime::fromString(run[QStringLiteral("submittedAt")].toString(), Qt::ISODateWithMs),
            run[QStringLiteral("durationMs")].toInteger(),
            run[QStringLiteral("changes")].toInt(-1)};
}

void RunsModel::setRuns(const QJsonArray &runs, bool more)
{
    beginResetModel();
    m_runs.clear();
    endResetModel();
    appendRuns(runs, more);
}

void RunsModel::appendRuns(const QJsonArray &runs, bool more)
{
    m_hasMore = more;
    QList<ListedRun> listed;
    for (const QJsonValue &run : runs) {
        if (!run[QStringLiteral("dryRun")].toBool()) {
            listed.append(ListedRun::fromJson(run.toObject()));
        }
    }
    if (listed.isEmpty()) {
        return;
    }
    const int first = static_cast<int>(m_runs.size());
    beginInsertRows({}, first, first + static_cast<int>(listed.size()) - 1);
    m_runs.append(listed);
    endInsertRows();
}

int RunsModel::rowOf(const QString &runId) const
{
    const auto found =
        std::find_if(m_runs.begin(), m_runs.end(), [&runId](const ListedRun &run) { return run.runId == runId; });
    return found == m_runs.end() ? -1 : static_cast<int>(found - m_runs.begin());
}

int RunsModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_runs.size());
}

int RunsModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant RunsModel::data(const QModelIndex &index, int role) const
{
    const ListedRun &run = m_runs[index.row()];
    const OutcomeLook look = lookOf({.status = run.status});
    const bool isStatus = index.column() == StatusColumn;
    switch (role) {
    case Qt::DisplayRole:
        return textOf(run, index.column());
    case Qt::DecorationRole:
        return isStatus ? shapeIcon(look.shape, look.tone) : QVariant();
    case Qt::ForegroundRole:
        return isStatus ? colorsFor(QApplication::palette()).of(look.tone) : QVariant();
    case Qt::TextAlignmentRole:
        return isRightAligned(index.column()) ? QVariant(Qt::AlignRight | Qt::AlignVCenter) : QVariant();
    case Qt::ToolTipRole:
        return tr("Run %1 in %2\n%3").arg(run.runId, run.workspace, translatedServiceText(run.message));
    default:
        return {};
    }
}

QVariant RunsModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation == Qt::Vertical) {
        return {};
    }
    if (role == Qt::TextAlignmentRole && isRightAligned(section)) {
        return QVariant(Qt::AlignRight | Qt::AlignVCenter);
    }
    const QStringList names{tr("Time"),    tr("Status"),   tr("Task"),  tr("Runner"),
                            tr("Changes"), tr("Duration"), tr("Commit")};
    return role == Qt::DisplayRole ? names.value(section) : QVariant();
}

bool RunsModel::canFetchMore(const QModelIndex &parent) const
{
    return !parent.isValid() && m_hasMore;
}

void RunsModel::fetchMore(const QModelIndex &)
{
    if (m_hasMore) {
        m_hasMore = false; // until the page is there
        Q_EMIT moreWanted();
    }
}

} // namespace PatchPanel::Ui
