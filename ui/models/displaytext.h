#pragma once

#include <QByteArrayView>
#include <QString>

namespace PatchPanel::Ui {

// Longer lines are clipped when they are drawn; find and copy still see all of them.
inline constexpr qsizetype drawnLineLimit = 16 * 1024;

// The text of ansiText() where nothing may be hidden: a line of a diff or of a document.
QString displayText(QByteArrayView bytes);

// What is drawn of a line: at most drawnLineLimit characters and how many are left out, with the `more` that `text`
// does not hold.
QString clippedText(const QString &text, qsizetype more = 0);
// The same of displayText(), without reading more of the bytes than that takes.
QString clippedDisplayText(QByteArrayView bytes);

} // namespace PatchPanel::Ui
