#include "app/commands/diffstat.h"

#include "app/commands/shownsafely.h"

#include <QJsonObject>
#include <QList>

#include <algorithm>

namespace PatchPanel::App {

namespace {

constexpr int gaps = 5; // columns between the parts of a row
constexpr int shortestName = 12;
constexpr int shortestBar = 4;

struct Row {
    QString sign;
    QString name;
    int added = 0;
    int removed = 0;
    bool binary = false;

    QString counts() const
    {
        return binary ? QStringLiteral("binary") : QStringLiteral("+%1 −%2").arg(added).arg(removed);
    }
};

Row rowOf(const QJsonValue &change)
{
    const QString path = QString::fromUtf8(shownSafely(change[QStringLiteral("path")].toString().toUtf8()));
    const QString from = QString::fromUtf8(shownSafely(change[QStringLiteral("from")].toString().toUtf8()));
    return {signOfKind(change[QStringLiteral("kind")].toString()),
            from.isEmpty() ? path : from + QStringLiteral(" ↦ ") + path, change[QStringLiteral("added")].toInt(),
            change[QStringLiteral("removed")].toInt(), change[QStringLiteral("binary")].toBool()};
}

// The end of a path tells more than its start.
QString fitted(const QString &name, qsizetype columns)
{
    return name.size() <= columns ? name : u'…' + name.right(columns - 1);
}

// Lines to columns, at least one column for any line.
int scaled(int lines, int most, int columns)
{
    if (lines == 0 || most <= columns) {
        return lines;
    }
    return std::max(1, static_cast<int>(static_cast<qint64>(lines) * columns / most));
}

QString inColor(const QString &text, const char *color, Ansi ansi)
{
    return text.isEmpty() || ansi == Ansi::Plain ? text : QLatin1String(color) + text + QStringLiteral("\033[0m");
}

QString bar(const Row &row, int most, int columns, Ansi ansi)
{
    const int removed = scaled(row.removed, most, columns);
    const int added = std::min(scaled(row.added, most, columns), std::max(1, columns - removed));
    const QString plus = QString(row.added == 0 ? 0 : added, u'+');
    const QString minus = QString(removed, u'-');
    return inColor(plus, "\033[32m", ansi) + inColor(minus, "\033[31m", ansi);
}

template <typename Measure> qsizetype widest(const QList<Row> &rows, Measure measure)
{
    qsizetype most = 0;
    for (const Row &row : rows) {
        most = std::max<qsizetype>(most, measure(row));
    }
    return most;
}

} // namespace

QString signOfKind(const QString &kind)
{
    return kind == QLatin1String("create") ? QStringLiteral("+")
        : kind == QLatin1String("modify")  ? QStringLiteral("~")
        : kind == QLatin1String("delete")  ? QStringLiteral("−")
        : kind == QLatin1String("move")    ? QStringLiteral("↦")
                                           : QStringLiteral("±");
}

QByteArray diffStat(const QJsonArray &changes, int width, Ansi ansi)
{
    QList<Row> rows;
    std::transform(changes.begin(), changes.end(), std::back_inserter(rows), rowOf);
    const qsizetype counts = widest(rows, [](const Row &row) { return row.counts().size(); });
    const qsizetype room = std::max<qsizetype>(width - counts - gaps, shortestName + shortestBar);
    const qsizetype names = std::min(widest(rows, [](const Row &row) { return row.name.size(); }), room - shortestBar);
    const auto most = static_cast<int>(widest(rows, [](const Row &row) { return row.added + row.removed; }));
    QString text;
    for (const Row &row : std::as_const(rows)) {
        QString line =
            QStringLiteral("%1 %2 %3 %4")
                .arg(row.sign, fitted(row.name, names).leftJustified(names), row.counts().rightJustified(counts),
                     bar(row, most, static_cast<int>(room - names), ansi));
        while (line.endsWith(u' ')) {
            line.chop(1);
        }
        text += line + u'\n';
    }
    return text.toUtf8();
}

} // namespace PatchPanel::App
