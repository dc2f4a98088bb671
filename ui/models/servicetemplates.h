#pragma once

#include <initializer_list>

namespace PatchPanel::Ui {

// What the services say, in English and sorted, with %1 to %9 where something is filled in; of the context
// "PatchPanel::Services" of the translations.
extern const std::initializer_list<const char *> serviceTemplates;

} // namespace PatchPanel::Ui
