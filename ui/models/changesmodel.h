#pragma once

#include "ui/style/shape.h"

#include <QAbstractTableModel>
#include <QJsonArray>
#include <QJsonObject>
#include <QList>

namespace PatchPanel::Ui {

// One changed file of a plan as it is listed.
struct ChangedFile {
    QString kind = {}; // "create", "modify", "delete", "move", "chmod"
    QString path = {};
    QString from = {}; // move: the old path
    int added = 0;
    int removed = 0;
    bool binary = false;
    QJsonObject change = {}; // as the answer has it

    static ChangedFile fromJson(const QJsonObject &change);
    // A string; made from the answer when it is asked for, which takes its time for a large one.
    QJsonValue diff() const { return change[QStringLiteral("diff")]; }
    int changedLines() const { return added + removed; }
};

Shape shapeOfChange(const QString &kind);
// In the language of the window; an unknown kind as it is.
QString wordForChange(const QString &kind);
Tone toneOfChange(const QString &kind);

// The changed files of a plan: path (with the shape of its kind), added lines, removed lines.
class ChangesModel : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Column { PathColumn, AddedColumn, RemovedColumn, ColumnCount };

    using QAbstractTableModel::QAbstractTableModel;

    // `changes` as the runner's answer lists them.
    void setChanges(const QJsonArray &changes);
    const QList<ChangedFile> &files() const { return m_files; }

    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    QList<ChangedFile> m_files;
};

} // namespace PatchPanel::Ui
