#pragma once

#include <QStringList>

namespace PatchPanel::Ui {

// What the log shows before a line: nothing, the time of day, or the time since its run began.
enum class LogTimes { Off, OfDay, SinceRunStart };

// As the settings have them, in the order above.
inline const QStringList &logTimesWords()
{
    static const QStringList words{QStringLiteral("off"), QStringLiteral("day"), QStringLiteral("run")};
    return words;
}

} // namespace PatchPanel::Ui
