#pragma once

#include <QByteArray>

namespace PatchPanel::App {

// Text of a task for a terminal: control characters other than line feed and tab become visible signs (U+2400 on), so
// that nothing in a task can hide or repaint what a person reviews. `text` is UTF-8.
QByteArray shownSafely(const QByteArray &text);

} // namespace PatchPanel::App
