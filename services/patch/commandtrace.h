#pragma once

#include "services/patch/childprocess.h"

#include <QJsonObject>
#include <QMap>
#include <QStringList>

namespace PatchPanel::Patch {

// How a command was started, for a task that sets forceRuntimeTrace: task-format.md §3. A value.
struct CommandTrace {
    QStringList arguments = {}; // the program first, with those of the sandbox
    QString folder = {}; // absolute; where it was started
    QMap<QString, QString> set = {}; // variables that it has otherwise than the runner; what looks secret is masked
    QStringList dropped = {}; // names of the runner's variables that it does not have

    // {"argv":[…],"cwd","environment":{"set":{…},"dropped":[…]}}
    QJsonObject toJson() const;
};

// The trace of a program that is about to be started in `folder`.
CommandTrace traceOf(const ProcessSpec &spec, const QString &folder);

// Whether a variable of this name holds what must not be shown: TOKEN, SECRET, PASSWORD, PASSPHRASE, CREDENTIAL, AUTH
// or KEY as a part of it, in any case.
bool looksSecret(const QString &variable);

} // namespace PatchPanel::Patch
