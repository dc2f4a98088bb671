#include "app/sincetime.h"

#include <QRegularExpression>

namespace PatchPanel::App {

namespace {

qint64 secondsIn(QChar unit)
{
    constexpr qint64 minute = 60;
    constexpr qint64 hour = 60 * minute;
    constexpr qint64 day = 24 * hour;
    switch (unit.unicode()) {
    case u'm':
        return minute;
    case u'h':
        return hour;
    case u'd':
        return day;
    default:
        return 7 * day;
    }
}

} // namespace

Result<QDateTime> sinceTime(const QString &text, const QDateTime &now)
{
    static const QRegularExpression duration(QStringLiteral("\\A(\\d{1,6})([mhdw])\\z"));
    if (const QRegularExpressionMatch match = duration.match(text); match.hasMatch()) {
        return now.addSecs(-match.captured(1).toLongLong() * secondsIn(match.capturedView(2).front()));
    }
    const QDateTime time = QDateTime::fromString(text, Qt::ISODate);
    if (!time.isValid()) {
        return Error{ErrorCode::Usage, QStringLiteral("--since takes a date or a duration, not \"%1\"").arg(text),
                     QStringLiteral("2026-11-24, 2026-11-24T15:00, 30m, 2h, 7d or 4w")};
    }
    return time;
}

} // namespace PatchPanel::App
