#include "ui/models/loglink.h"

#include <QRegularExpression>

namespace PatchPanel::Ui {

QString LogLink::toText() const
{
    const QString link = QStringLiteral("patchpanel-log:%1").arg(index + 1);
    return runId.isEmpty() ? link : link + QStringLiteral("?run=") + runId;
}

std::optional<LogLink> LogLink::fromText(const QString &text)
{
    static const QRegularExpression pattern(
        QStringLiteral(R"(\A\s*(?:patchpanel-log:)?([0-9][0-9,]{0,17})(?:\?run=([\w-]+))?\s*\z)"));
    const QRegularExpressionMatch match = pattern.match(text);
    const qsizetype number = match.captured(1).remove(QLatin1Char(',')).toLongLong();
    if (!match.hasMatch() || number < 1) {
        return std::nullopt;
    }
    return LogLink{number - 1, match.captured(2)};
}

} // namespace PatchPanel::Ui
