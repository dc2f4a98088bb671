#pragma once

#include "app/servicehost.h"
#include "ui/models/preferences.h"

#include <QString>

namespace PatchPanel::Ui {

// Version, commit, libraries and system: what "Copy details" of the About dialog copies.
QString buildDetails();

// The same, the desktop, the state of the services and the settings that are not as by default, for a report. Without
// secrets: no token, no password, and the home folder as "~".
QString diagnostics(const App::ServiceHost &host, const Preferences &preferences);

// Where the program comes from: "abc1234", with "+" when there were changes; empty: not known.
QString commitName();

} // namespace PatchPanel::Ui
