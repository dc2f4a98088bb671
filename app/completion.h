#pragma once

#include <QByteArray>
#include <QStringList>

namespace PatchPanel::App {

// Shells for which there is a completion.
QStringList completionShells(); // bash, zsh, fish

// What such a shell reads to complete this program's commands, options and their values, made from the tables of
// options.h. Precondition: the shell is one of those.
QByteArray completionFor(const QString &shell);

} // namespace PatchPanel::App
