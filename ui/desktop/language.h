#pragma once

#include <QString>
#include <QStringList>

namespace PatchPanel::Ui {

// The languages that the window speaks, by their codes; English first.
QStringList languages();

// What a language calls itself: "Deutsch".
QString nativeName(const QString &language);

// Makes the application speak `wanted`, with its way to write numbers; empty: the first of the system's languages that
// it knows, else English. Returns which that is. Counts for texts that are asked for from now on, so before any window.
QString setLanguage(const QString &wanted);

} // namespace PatchPanel::Ui
