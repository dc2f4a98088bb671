#pragma once

#include "services/common/runstatus.h"

#include <QAbstractTableModel>
#include <QDateTime>
#include <QJsonArray>
#include <QList>

namespace PatchPanel::Ui {

// One past run as it is listed.
struct ListedRun {
    QString runId = {};
    RunStatus status = RunStatus::Unknown;
    QString task = {}; // its file
    QString workspace = {};
    QString runner = {};
    QString commit = {}; // its id; empty: none
    QString message = {};
    QDateTime time = {}; // when it was asked for
    qint64 durationMs = 0;
    int changes = -1; // paths; -1: not told

    // As GET /runs lists it.
    static ListedRun fromJson(const QJsonObject &run);
};

// Past runs, newest first, as far as they were loaded.
class RunsModel : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Column {
        TimeColumn,
        StatusColumn,
        TaskColumn,
        RunnerColumn,
        ChangesColumn,
        DurationColumn,
        CommitColumn,
        ColumnCount
    };

    using QAbstractTableModel::QAbstractTableModel;

    // `runs` as the runner's answer lists them, previews left out; `more`: there are older ones.
    void setRuns(const QJsonArray &runs, bool more);
    void appendRuns(const QJsonArray &runs, bool more);
    const QList<ListedRun> &runs() const { return m_runs; }
    int rowOf(const QString &runId) const; // -1: not loaded

    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
    bool canFetchMore(const QModelIndex &parent) const override;
    // Asks once for the next page: moreWanted().
    void fetchMore(const QModelIndex &parent) override;

Q_SIGNALS:
    void moreWanted();

private:
    QList<ListedRun> m_runs;
    bool m_hasMore = false;
};

} // namespace PatchPanel::Ui
