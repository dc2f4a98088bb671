#pragma once

#include <QString>

namespace PatchPanel::Ui {

// What the user chose. System follows the desktop.
enum class Theme { System, Light, Dark };

QString toString(Theme theme); // "system", "light", "dark"
// System for a name that no theme has.
Theme themeFromString(const QString &name);

} // namespace PatchPanel::Ui
