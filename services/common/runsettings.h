#pragma once

#include "services/common/result.h"

#include <QJsonObject>
#include <QStringList>

namespace PatchPanel {

enum class SandboxMode { Auto, Require, Off }; // Auto: where it works
enum class ValidatePlace { Workspace, Scratch }; // where build, validate and test commands run
enum class WriteDurability { Full, Process }; // survives a power cut, or the death of the process only

// How a run is carried out, in the one form that the command line, the request to a runner and the engine have in
// common. A value.
struct RunSettings {
    SandboxMode sandbox = SandboxMode::Auto;
    ValidatePlace validateIn = ValidatePlace::Workspace;
    WriteDurability durability = WriteDurability::Full;
    bool breakHardlinks = false; // write a file that has several names by giving it one of its own
    bool runGates = true; // the commands of the task; without them nothing but the mutations is proved
    bool commit = true; // where the task asks for it

    // The members that differ from their default: "sandbox" ("auto", "require", "off"), "validateIn" ("place",
    // "scratch"), "durability" ("full", "process"), "breakHardlinks", "gates" and "commit" (true).
    QJsonObject toJson() const;
    // Reads those members and no other. BadRequest with the JSON Pointer for a wrong type or value.
    static Result<RunSettings> fromJson(const QJsonObject &object);
    static QStringList memberNames();

    bool operator==(const RunSettings &) const = default;
};

// The words for a choice, the default first, in the order of the enumeration's values: for --help and messages.
QStringList sandboxWords();
QStringList validatePlaceWords();
QStringList durabilityWords();

QString toString(ValidatePlace place);

} // namespace PatchPanel
