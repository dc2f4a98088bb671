#pragma once

#include "app/fanoutrun.h"

#include <QAbstractTableModel>
#include <QSet>

namespace PatchPanel::Ui {

// Workspaces in which a task is to run, with check boxes, and what became of it in each.
class FanOutModel : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Column {
        WorkspaceColumn,
        StatusColumn,
        ChangesColumn,
        CommitColumn,
        DurationColumn,
        MessageColumn,
        ColumnCount
    };

    using QAbstractTableModel::QAbstractTableModel;

    // Canonical paths. Those that were unchecked before stay so.
    void setWorkspaces(const QStringList &workspaces);
    // Shows these runs instead; what is not among them goes.
    void setRuns(const QList<App::FanOutRun> &runs);
    void setRun(qsizetype row, const App::FanOutRun &run);
    // While it is locked nothing can be checked.
    void setLocked(bool locked);

    QStringList chosen() const; // those that are checked
    bool isOfFanOut() const { return m_hasRun; } // the runs tell of one
    const QList<App::FanOutRun> &runs() const { return m_runs; }

    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role) const override;
    bool setData(const QModelIndex &index, const QVariant &value, int role) override;
    Qt::ItemFlags flags(const QModelIndex &index) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

Q_SIGNALS:
    void chosenChanged();

private:
    QString textOf(const App::FanOutRun &run, int row, int column) const;

    QList<App::FanOutRun> m_runs;
    QStringList m_names; // short ones
    QSet<QString> m_unchecked; // workspaces
    bool m_hasRun = false;
    bool m_isLocked = false;
};

} // namespace PatchPanel::Ui
