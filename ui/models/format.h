#pragma once

#include <QString>

namespace PatchPanel::Ui {

// Numbers as people read them.
QString formatDuration(qint64 ms); // "84 ms", "12.3 s", "2 min 05 s", "2 h 14 min"
QString formatUptime(qint64 seconds); // "8 s", "14 min", "2 h 14 min", "3 d 4 h"
QString formatBytes(qint64 bytes); // "5.3 MB"
QString formatCount(qint64 count); // "48,210"
QString counted(qint64 count, const QString &one, const QString &many); // "1 file", "1,204 files"
QString shortRunId(const QString &runId); // its first six characters

} // namespace PatchPanel::Ui
