#pragma once

#include <QByteArray>

namespace PatchPanel::App {

// The manual page patchpanel(1) as man(7) reads it: resources/patchpanel.1.in with the commands and options of the
// tables of options.h in it.
QByteArray manualPage();

} // namespace PatchPanel::App
