#include "ui/models/format.h"

#include <QLocale>

namespace PatchPanel::Ui {

namespace {

const QLatin1Char zero('0');

// The language's way to write numbers; without one, as in tests, the English.
QLocale shownLocale()
{
    const QLocale locale;
    return locale.language() == QLocale::C ? QLocale(QLocale::English) : locale;
}

} // namespace

QString formatDuration(qint64 ms)
{
    if (ms < 1000) {
        return QStringLiteral("%1 ms").arg(ms);
    }
    if (ms < 60'000) {
        return QStringLiteral("%1 s").arg(static_cast<double>(ms / 100) / 10.0, 0, 'f', 1);
    }
    const qint64 seconds = ms / 1000;
    if (seconds < 3600) {
        return QStringLiteral("%1 min %2 s").arg(seconds / 60).arg(seconds % 60, 2, 10, zero);
    }
    return QStringLiteral("%1 h %2 min").arg(seconds / 3600).arg(seconds / 60 % 60, 2, 10, zero);
}

QString formatUptime(qint64 seconds)
{
    if (seconds < 60) {
        return QStringLiteral("%1 s").arg(seconds);
    }
    if (seconds < 3600) {
        return QStringLiteral("%1 min").arg(seconds / 60);
    }
    if (seconds < 86'400) {
        return QStringLiteral("%1 h %2 min").arg(seconds / 3600).arg(seconds / 60 % 60);
    }
    return QStringLiteral("%1 d %2 h").arg(seconds / 86'400).arg(seconds / 3600 % 24);
}

QString formatBytes(qint64 bytes)
{
    return shownLocale().formattedDataSize(bytes, 1, QLocale::DataSizeSIFormat);
}

QString formatCount(qint64 count)
{
    return shownLocale().toString(count);
}

QString counted(qint64 count, const QString &one, const QString &many)
{
    return formatCount(count) + QLatin1Char(' ') + (count == 1 ? one : many);
}

QString shortRunId(const QString &runId)
{
    return runId.left(6);
}

} // namespace PatchPanel::Ui
