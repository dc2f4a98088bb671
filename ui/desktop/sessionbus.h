#pragma once

namespace PatchPanel::Ui {

// Asking for a session bus that is not there would try to launch one.
bool sessionBusExists();

} // namespace PatchPanel::Ui
