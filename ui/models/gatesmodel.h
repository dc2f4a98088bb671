#pragma once

#include <QAbstractTableModel>
#include <QJsonArray>

namespace PatchPanel::Ui {

// The commands that a run executes, word for word: step, command, folder, time limit.
class GatesModel : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Column { StepColumn, CommandColumn, FolderColumn, TimeoutColumn, ColumnCount };

    using QAbstractTableModel::QAbstractTableModel;

    // `gates` as the runner's answer lists them.
    void setGates(const QJsonArray &gates);

    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    QJsonArray m_gates;
};

} // namespace PatchPanel::Ui
