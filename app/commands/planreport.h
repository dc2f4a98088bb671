#pragma once

#include "services/common/error.h"

#include <QByteArray>
#include <QJsonObject>

namespace PatchPanel::App {

// A dry run's result for people: one line of counts, the diff, the gates that would run; or why it does not apply.
// `colored` marks added and removed lines with ANSI colours.
QByteArray planReport(const QJsonObject &result, bool colored);

// The error in one line, and where it is made of several problems each of them in a line of its own.
QByteArray problemReport(const Error &error);

} // namespace PatchPanel::App
