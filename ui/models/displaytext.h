#pragma once

#include <QByteArrayView>
#include <QString>

namespace PatchPanel::Ui {

// Longer lines are clipped when they are drawn; find and copy still see all of them.
inline constexpr qsizetype drawnLineLimit = 16 * 1024;

// One line of bytes as it is shown: invalid UTF-8 becomes U+FFFD, tabs are expanded to columns of 8, terminal
// escapes are dropped, other control characters become their symbols (U+2400).
QString displayText(QByteArrayView bytes);

// What is drawn of a line: at most drawnLineLimit characters and how many are left out.
QString clippedText(const QString &text);

} // namespace PatchPanel::Ui
