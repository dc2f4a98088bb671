#pragma once

#include "services/patch/taskproblem.h"

#include <QByteArray>
#include <QList>
#include <QString>

#include <vector>

namespace PatchPanel::Patch {

// Collects what is wrong with one task file, so that its author hears of everything at once. Owned by examineTask; the
// parts of the reader write into it. Every function that takes an `offset` means the place in the source; below 0 there
// is none.
class TaskProblems {
public:
    enum class Warnings { Allowed, Refused };

    TaskProblems(QByteArrayView source, Warnings warnings);

    void add(ProblemCode code, const QString &pointer, qsizetype offset, const QString &message,
             const QString &hint = {}, const QString &expected = {});
    // A path or a diff that was refused. `code`: for errors that have none of their own. Without an offset, the place
    // is the error's details["line"].
    void add(const Error &error, const QString &pointer, qsizetype offset, ProblemCode code);
    // A problem when warnings are refused.
    void warn(ProblemCode code, const QString &pointer, qsizetype offset, const QString &message,
              const QString &hint = {});
    // How something was read; never a problem.
    void note(const QString &pointer, qsizetype offset, const QString &message);

    const QList<TaskProblem> &problems() const { return m_problems; }
    const QList<TaskProblem> &warnings() const { return m_warnings; } // notes as well

private:
    TaskProblem located(ProblemCode code, const QString &pointer, qsizetype offset, const QString &message);
    void locate(TaskProblem &problem, qsizetype offset);
    QString tokenAt(qsizetype offset) const;

    QByteArrayView m_source;
    Warnings m_allowed;
    std::vector<qsizetype> m_lineStarts; // made when the first place is asked for
    QList<TaskProblem> m_problems;
    QList<TaskProblem> m_warnings;
};

} // namespace PatchPanel::Patch
