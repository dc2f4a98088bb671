#include "ui/models/problems.h"

#include "ui/models/servicetexts.h"
#include "ui/style/shape.h"

#include <QApplication>
#include <QJsonArray>

namespace PatchPanel::Ui {

namespace {

QString textOf(const QJsonValue &value)
{
    return value.isDouble() ? QString::number(value.toInteger()) : value.toString();
}

// `details` of an error, or a problem of a task file, which says all of it by itself.
Problem problemFrom(const QJsonObject &details)
{
    Problem problem;
    problem.expected = textOf(details[QStringLiteral("expected")]);
    problem.found = textOf(details[QStringLiteral("found")]);
    problem.isAboutTask = details.contains(QStringLiteral("pointer"));
    const int line = details[QStringLiteral("line")].toInt();
    problem.line = problem.isAboutTask ? 0 : details[QStringLiteral("nearest")].toInt(line);
    return problem;
}

// Lines with their breaks; what lacks one at the end is told as diffs do.
struct Lines {
    QStringList lines;
    bool endsOpen;
};

Lines linesOf(const QString &text)
{
    const bool endsOpen = !text.endsWith(QLatin1Char('\n'));
    return {(endsOpen ? text : text.chopped(1)).split(QLatin1Char('\n')), endsOpen};
}

} // namespace

QList<Problem> problemsOf(const Error &error)
{
    QList<Problem> problems;
    for (const QJsonValue &value : error.details[QStringLiteral("problems")].toArray()) {
        const QJsonObject object = value.toObject();
        const QJsonValue details = object[QStringLiteral("details")];
        Problem problem = problemFrom(details.isObject() ? details.toObject() : object);
        problem.message = object[QStringLiteral("message")].toString();
        problem.where = object[QStringLiteral("where")].toString();
        problem.hint = object[QStringLiteral("hint")].toString();
        problems.append(problem);
    }
    if (problems.isEmpty()) {
        Problem problem = problemFrom(error.details);
        problem.message = error.message;
        problem.where = error.where;
        problem.hint = error.hint;
        problems.append(problem);
    }
    return problems;
}

QString comparisonOf(const Problem &problem)
{
    if (problem.expected.isEmpty() || problem.found.isEmpty() || problem.line == 0) {
        return {};
    }
    const Lines expected = linesOf(problem.expected);
    const Lines found = linesOf(problem.found);
    QString diff =
        QStringLiteral("@@ -%1,%2 +%1,%3 @@\n").arg(problem.line).arg(expected.lines.size()).arg(found.lines.size());
    QString removed;
    QString added;
    for (qsizetype i = 0; i < std::max(expected.lines.size(), found.lines.size()); ++i) {
        const bool isEqual = i < expected.lines.size() && i < found.lines.size() && expected.lines[i] == found.lines[i];
        if (isEqual) {
            diff += removed + added + QLatin1Char(' ') + expected.lines[i] + QLatin1Char('\n');
            removed.clear();
            added.clear();
            continue;
        }
        if (i < expected.lines.size()) {
            removed += QLatin1Char('-') + expected.lines[i] + QLatin1Char('\n');
        }
        if (i < found.lines.size()) {
            added += QLatin1Char('+') + found.lines[i] + QLatin1Char('\n');
        }
    }
    return diff + removed + added;
}

void ProblemsModel::setProblems(const QList<Problem> &problems)
{
    beginResetModel();
    m_problems = problems;
    endResetModel();
}

int ProblemsModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_problems.size());
}

QVariant ProblemsModel::data(const QModelIndex &index, int role) const
{
    const Problem &problem = m_problems[index.row()];
    switch (role) {
    case Qt::DisplayRole:
        return problem.where.isEmpty() ? translatedServiceText(problem.message) : problem.where;
    case Qt::DecorationRole:
        return shapeIcon(Shape::Cross, Tone::Error);
    case Qt::ForegroundRole:
        return colorsFor(QApplication::palette()).error;
    case Qt::ToolTipRole:
    case Qt::AccessibleTextRole: {
        const QString message = translatedServiceText(problem.message);
        return problem.where.isEmpty() ? message : problem.where + QStringLiteral(": ") + message;
    }
    default:
        return {};
    }
}

} // namespace PatchPanel::Ui
