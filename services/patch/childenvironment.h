#pragma once

#include <QByteArray>
#include <QList>
#include <QMap>
#include <QString>

#include <utility>

namespace PatchPanel::Patch {

// Who a child process works for: it decides which of our own variables it may see. A gate gets what a shell needs;
// git also gets what hooks and signing need (the SSH and GPG agents).
enum class ChildRole { Gate, Git };

// "NAME=value" for execve: the allowed part of our own environment, then `own`, whose values win. Everything else
// (credentials that a service manager or CI put into the environment among it) stays with us.
QList<QByteArray> childEnvironment(ChildRole role, const QList<std::pair<QString, QString>> &own);

// What such "NAME=value" entries say, by name.
QMap<QByteArray, QByteArray> variablesOf(const QList<QByteArray> &entries);
// Of this process.
QList<QByteArray> environmentEntries();
QMap<QByteArray, QByteArray> ownEnvironment();

} // namespace PatchPanel::Patch
