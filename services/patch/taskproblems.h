#pragma once

#include "services/common/error.h"

#include <QByteArray>
#include <QList>
#include <QString>

namespace PatchPanel::Patch {

// Collects what is wrong with one task file, so that its author hears of everything at once. Owned by readTask; the
// parts of the reader write into it.
class TaskProblems {
public:
    explicit TaskProblems(QByteArrayView source);

    // `offset`: of the place in the source; below 0 when there is none.
    void add(ErrorCode code, const QString &pointer, qsizetype offset, const QString &message,
             const QString &hint = {});
    void add(const Error &error, const QString &pointer, qsizetype offset);
    void warn(const QString &pointer, qsizetype offset, const QString &message);

    bool isEmpty() const { return m_problems.isEmpty(); }
    const QList<QString> &warnings() const { return m_warnings; }

    // The first problem and how many more; all of them under details["problems"]. Precondition: !isEmpty().
    Error toError() const;

private:
    // "/mutations/0/op (3:12)"
    QString where(const QString &pointer, qsizetype offset) const;

    struct Problem {
        Error error;
        int line = 0; // 0: none
        int column = 0;
    };

    QByteArrayView m_source;
    QList<Problem> m_problems;
    QList<QString> m_warnings;
};

} // namespace PatchPanel::Patch
