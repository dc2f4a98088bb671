#pragma once

#include "services/common/error.h"

#include <QString>

namespace PatchPanel::Ui {

// What a service says, in the window's language. Services speak English, to programs and logs as well; the window knows
// their texts as templates (servicetemplates.h), also when several stand in one text or one is filled into another.
// What it does not know stays as it is, as do names, paths and whatever stands in quotation marks. Any thread; takes
// any text, and gives up in bounded time.
QString translatedServiceText(const QString &english);

// All of an error in one line, as Error::toString gives it in English.
QString translatedServiceText(const Error &error);

} // namespace PatchPanel::Ui
