#include "app/commands/failurereport.h"

#include "app/commands/shownsafely.h"

#include <QJsonArray>
#include <QStringList>

#include <algorithm>

namespace PatchPanel::App {

namespace {

constexpr qsizetype linesAround = 3; // shown before and after the first line that differs
constexpr qsizetype mostExpectedLines = 8; // of a text that was found nowhere

QStringList linesOf(const QString &text)
{
    QStringList lines = text.split(u'\n');
    if (lines.last().isEmpty()) {
        lines.removeLast();
    }
    return lines;
}

// A hunk's lines beside the file's, from the nearest place on.
class Comparison {
public:
    Comparison(QStringList expected, QStringList found, int firstLine)
        : m_expected(std::move(expected))
        , m_found(std::move(found))
        , m_firstLine(firstLine)
    {
    }

    QString text() const
    {
        const qsizetype count = std::max(m_expected.size(), m_found.size());
        qsizetype differing = 0;
        while (differing < count && isSame(differing)) {
            ++differing;
        }
        QString shown;
        const qsizetype end = std::min(count, differing + linesAround);
        for (qsizetype i = std::max<qsizetype>(0, differing - linesAround); i < end; ++i) {
            shown += isSame(i)
                ? row(u' ', i, QString(), m_expected.at(i))
                : row(i == differing ? u'>' : u' ', i, QStringLiteral("expected: "), lineOf(m_expected, i))
                    + row(i == differing ? u'>' : u' ', i, QStringLiteral("found:    "), lineOf(m_found, i));
        }
        return shown;
    }

private:
    bool isSame(qsizetype i) const
    {
        return i < m_expected.size() && i < m_found.size() && m_expected.at(i) == m_found.at(i);
    }

    static QString lineOf(const QStringList &lines, qsizetype i)
    {
        return i < lines.size() ? lines.at(i) : QStringLiteral("(nothing: it ends here)");
    }

    QString row(QChar mark, qsizetype i, const QString &label, const QString &line) const
    {
        return QStringLiteral("  %1 %2 | %3%4\n").arg(mark).arg(m_firstLine + i, 5).arg(label, line);
    }

    QStringList m_expected;
    QStringList m_found;
    int m_firstLine;
};

QString excerpt(const QJsonObject &details)
{
    const QString expected = details[QStringLiteral("expected")].toString();
    if (expected.isEmpty()) {
        return {};
    }
    if (details.contains(QStringLiteral("nearest"))) {
        const int nearest = details[QStringLiteral("nearest")].toInt();
        const QString hunk = details.contains(QStringLiteral("hunk"))
            ? QStringLiteral("hunk %1; ").arg(details[QStringLiteral("hunk")].toInt())
            : QString();
        return QStringLiteral("  %1the nearest place is line %2, the first line that differs is line %3:\n")
                   .arg(hunk)
                   .arg(nearest)
                   .arg(details[QStringLiteral("line")].toInt())
            + Comparison(linesOf(expected), linesOf(details[QStringLiteral("found")].toString()), nearest).text();
    }
    const QStringList lines = linesOf(expected);
    QString text = QStringLiteral("  expected in the file:\n");
    for (const QString &line : lines.first(std::min(lines.size(), mostExpectedLines))) {
        text += QStringLiteral("        | ") + line + u'\n';
    }
    return text + (lines.size() > mostExpectedLines ? QStringLiteral("        | …\n") : QString());
}

QString problemLines(const QJsonValue &problem)
{
    const QString where = problem[QStringLiteral("where")].toString();
    const QString hint = problem[QStringLiteral("hint")].toString();
    QString text = QStringLiteral("  ") + (where.isEmpty() ? QString() : where + QStringLiteral(": "))
        + problem[QStringLiteral("message")].toString() + u'\n';
    if (!hint.isEmpty()) {
        text += QStringLiteral("      ") + hint + u'\n';
    }
    return text + excerpt(problem[QStringLiteral("details")].toObject());
}

// The files that stand in the way of a rollback.
QString conflictLines(const QJsonObject &details)
{
    QString text;
    for (const QJsonValue &path : details[QStringLiteral("conflicts")].toArray()) {
        text += QStringLiteral("  changed since: ") + path.toString() + u'\n';
    }
    return text;
}

} // namespace

QByteArray failureReport(const Error &error)
{
    const QJsonArray problems = error.details[QStringLiteral("problems")].toArray();
    QString text = error.toString() + u'\n' + excerpt(error.details) + conflictLines(error.details);
    if (problems.size() > 1) {
        for (const QJsonValue &problem : problems) {
            text += problemLines(problem);
        }
    }
    return shownSafely(text.toUtf8());
}

} // namespace PatchPanel::App
