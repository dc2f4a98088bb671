#include "ui/models/fanoutmodel.h"

#include "app/workspaceglob.h"
#include "ui/models/format.h"
#include "ui/models/outcome.h"
#include "ui/models/servicetexts.h"

#include <QApplication>

namespace PatchPanel::Ui {

namespace {

bool isRightAligned(int column)
{
    return column == FanOutModel::ChangesColumn || column == FanOutModel::DurationColumn;
}

} // namespace

void FanOutModel::setWorkspaces(const QStringList &workspaces)
{
    QList<App::FanOutRun> runs;
    for (const QString &workspace : workspaces) {
        runs.append({.workspace = workspace});
    }
    setRuns(runs);
    m_hasRun = false;
}

void FanOutModel::setRuns(const QList<App::FanOutRun> &runs)
{
    QStringList workspaces;
    for (const App::FanOutRun &run : runs) {
        workspaces.append(run.workspace);
    }
    beginResetModel();
    m_runs = runs;
    m_names = App::workspaceNames(workspaces);
    m_hasRun = true;
    endResetModel();
    Q_EMIT chosenChanged();
}

void FanOutModel::setRun(qsizetype row, const App::FanOutRun &run)
{
    m_runs[row] = run;
    Q_EMIT dataChanged(index(static_cast<int>(row), 0), index(static_cast<int>(row), ColumnCount - 1));
}

void FanOutModel::setLocked(bool locked)
{
    m_isLocked = locked;
    if (!m_runs.isEmpty()) {
        Q_EMIT dataChanged(index(0, WorkspaceColumn), index(rowCount() - 1, WorkspaceColumn));
    }
}

QStringList FanOutModel::chosen() const
{
    QStringList workspaces;
    for (const App::FanOutRun &run : m_runs) {
        if (!m_unchecked.contains(run.workspace)) {
            workspaces.append(run.workspace);
        }
    }
    return workspaces;
}

int FanOutModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_runs.size());
}

int FanOutModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QString FanOutModel::textOf(const App::FanOutRun &run, int row, int column) const
{
    if (column == WorkspaceColumn) {
        return m_names[row];
    }
    if (!m_hasRun) {
        return {};
    }
    const bool hasEnded = isFinal(run.status);
    switch (column) {
    case StatusColumn:
        return shortWordFor(run.status);
    case ChangesColumn:
        return hasEnded ? formatCount(run.changes) : QString();
    case CommitColumn:
        return run.commit.left(7);
    case DurationColumn:
        return hasEnded ? formatDuration(run.durationMs) : QString();
    default:
        return translatedServiceText(run.firstSentence());
    }
}

QVariant FanOutModel::data(const QModelIndex &index, int role) const
{
    const App::FanOutRun &run = m_runs[index.row()];
    const bool isStatus = index.column() == StatusColumn && m_hasRun;
    switch (role) {
    case Qt::DisplayRole:
        return textOf(run, index.row(), index.column());
    case Qt::CheckStateRole:
        return index.column() == WorkspaceColumn
            ? QVariant(m_unchecked.contains(run.workspace) ? Qt::Unchecked : Qt::Checked)
            : QVariant();
    case Qt::DecorationRole: {
        const OutcomeLook look = lookOf({.status = run.status});
        return isStatus ? shapeIcon(look.shape, look.tone) : QVariant();
    }
    case Qt::ForegroundRole:
        return isStatus ? colorsFor(QApplication::palette()).of(lookOf({.status = run.status}).tone) : QVariant();
    case Qt::TextAlignmentRole:
        return isRightAligned(index.column()) ? QVariant(Qt::AlignRight | Qt::AlignVCenter) : QVariant();
    case Qt::ToolTipRole:
        return run.error ? run.workspace + u'\n' + translatedServiceText(*run.error) : run.workspace;
    default:
        return {};
    }
}

bool FanOutModel::setData(const QModelIndex &index, const QVariant &value, int role)
{
    if (role != Qt::CheckStateRole || (flags(index) & Qt::ItemIsUserCheckable) == 0) {
        return false;
    }
    const QString &workspace = m_runs[index.row()].workspace;
    if (value.toInt() == Qt::Checked) {
        m_unchecked.remove(workspace);
    } else {
        m_unchecked.insert(workspace);
    }
    Q_EMIT dataChanged(index, index, {Qt::CheckStateRole});
    Q_EMIT chosenChanged();
    return true;
}

Qt::ItemFlags FanOutModel::flags(const QModelIndex &index) const
{
    const bool canBeChecked = index.column() == WorkspaceColumn && !m_isLocked;
    return QAbstractTableModel::flags(index) | (canBeChecked ? Qt::ItemIsUserCheckable : Qt::NoItemFlags);
}

QVariant FanOutModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation == Qt::Vertical) {
        return {};
    }
    if (role == Qt::TextAlignmentRole && isRightAligned(section)) {
        return QVariant(Qt::AlignRight | Qt::AlignVCenter);
    }
    const QStringList names{tr("Workspace"), tr("Status"), tr("Changes"), tr("Commit"), tr("Duration"), tr("Message")};
    return role == Qt::DisplayRole ? names.value(section) : QVariant();
}

} // namespace PatchPanel::Ui
