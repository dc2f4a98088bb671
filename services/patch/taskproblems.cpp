#include "services/patch/taskproblems.h"

#include "services/patch/jsonreader.h"

#include <QJsonArray>

namespace PatchPanel::Patch {

TaskProblems::TaskProblems(QByteArrayView source)
    : m_source(source)
{
}

void TaskProblems::add(ErrorCode code, const QString &pointer, qsizetype offset, const QString &message,
                       const QString &hint)
{
    Problem problem{{code, message, hint, where(pointer, offset), {}}};
    if (offset >= 0) {
        const TextPosition position = positionAt(m_source, offset);
        problem.line = position.line;
        problem.column = position.column;
    }
    m_problems.append(problem);
}

void TaskProblems::add(const Error &error, const QString &pointer, qsizetype offset)
{
    const QString place = error.where.isEmpty() ? QString() : error.where + QStringLiteral(": ");
    const bool placeIsThePath = error.code == ErrorCode::UnsafePath || error.code == ErrorCode::OutsideWorkspace;
    add(error.code, pointer, offset, placeIsThePath ? error.message : place + error.message, error.hint);
}

void TaskProblems::warn(const QString &pointer, qsizetype offset, const QString &message)
{
    const QString place = where(pointer, offset);
    m_warnings.append(place.isEmpty() ? message : place + QStringLiteral(": ") + message);
}

Error TaskProblems::toError() const
{
    Error first = m_problems.first().error;
    QJsonArray problems;
    for (const Problem &problem : m_problems) {
        QJsonObject object{
            {QStringLiteral("code"), QString::fromLatin1(traitsOf(problem.error.code).name)},
            {QStringLiteral("where"), problem.error.where},
            {QStringLiteral("message"), problem.error.message},
            {QStringLiteral("hint"), problem.error.hint},
        };
        if (problem.line > 0) {
            object.insert(QStringLiteral("line"), problem.line);
            object.insert(QStringLiteral("column"), problem.column);
        }
        problems.append(object);
    }
    first.details.insert(QStringLiteral("problems"), problems);
    if (m_problems.size() > 1) {
        first.message += QStringLiteral(" (and %1 more)").arg(m_problems.size() - 1);
    }
    return first;
}

QString TaskProblems::where(const QString &pointer, qsizetype offset) const
{
    if (offset < 0) {
        return pointer;
    }
    const TextPosition position = positionAt(m_source, offset);
    const QString place = QStringLiteral("%1:%2").arg(position.line).arg(position.column);
    return pointer.isEmpty() ? place : QStringLiteral("%1 (%2)").arg(pointer, place);
}

} // namespace PatchPanel::Patch
