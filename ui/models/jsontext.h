#pragma once

#include <QByteArray>

namespace PatchPanel::Ui {

// JSON text laid out on lines, indented by two. Only white space between tokens changes: the order of members and the
// form of numbers and strings stay as received. Text that is not JSON comes out readable too.
QByteArray indentedJson(QByteArrayView json);

} // namespace PatchPanel::Ui
