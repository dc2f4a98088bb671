#pragma once

#include "services/common/result.h"

#include <QDateTime>
#include <QString>

namespace PatchPanel::App {

// The time that `text` means: a date or a date and time of this time zone (ISO 8601: 2026-11-24, 2026-11-24T15:00), or
// how long before `now` (30m, 2h, 7d, 4w). Usage for anything else.
Result<QDateTime> sinceTime(const QString &text, const QDateTime &now);

} // namespace PatchPanel::App
