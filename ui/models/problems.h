#pragma once

#include "services/common/error.h"

#include <QAbstractListModel>
#include <QList>

namespace PatchPanel::Ui {

// One reason why a task cannot run, as the services tell it.
struct Problem {
    QString message = {};
    QString where = {};
    QString hint = {};
    QString expected = {}; // what the task expects in a file or in itself; may be empty
    QString found = {}; // what stands there; at the nearest place, when it is about a file
    int line = 0; // of `found` in its file, from 1; 0: it is not about a file's lines
    bool isAboutTask = false; // what its reader expects there, in words; else both are texts of files
};

// All problems of an error, the first one first; the error itself when it names no others.
QList<Problem> problemsOf(const Error &error);

// What was expected and what was found as a unified diff, line by line; empty when one of them is not told.
QString comparisonOf(const Problem &problem);

// Problems as a list: place and message.
class ProblemsModel : public QAbstractListModel {
    Q_OBJECT
public:
    using QAbstractListModel::QAbstractListModel;

    void setProblems(const QList<Problem> &problems);
    const QList<Problem> &problems() const { return m_problems; }

    int rowCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role) const override;

private:
    QList<Problem> m_problems;
};

} // namespace PatchPanel::Ui
