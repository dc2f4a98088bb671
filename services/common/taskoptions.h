#pragma once

#include "services/common/result.h"

#include <QJsonObject>
#include <QList>
#include <QString>
#include <QStringList>

#include <optional>

namespace PatchPanel {

// Absolute paths beneath `from` mean paths beneath `to`, a folder of the workspace ("." the workspace itself).
struct RootMapping {
    QString from;
    QString to;

    // Reads "/their/root=folder"; Usage for anything else.
    static Result<RootMapping> fromText(const QString &text);
    QString toText() const;

    bool operator==(const RootMapping &) const = default;
};

// How a task is to be read and planned, in the one form that the command line, the request to a runner and a saved plan
// have in common.
struct TaskOptions {
    int fuzz = 0; // context lines that may differ at a hunk's ends
    bool recount = false; // mend hunk headers whose counts are wrong
    std::optional<int> strip = {}; // leading parts taken off the names of a diff; unset: as its headers tell
    bool nearestOffset = false; // a hunk takes the nearest of several places
    bool ignoreWhitespace = false;
    bool skipApplied = false; // go on when some files are applied already
    bool strict = false; // warnings about the task are errors
    QList<RootMapping> mapRoots = {};

    // The members that differ from their default: "fuzz", "recount", "strip", "offset" ("unique" or "nearest"),
    // "ignoreWhitespace", "skipApplied", "strict", "mapRoots" (["/their/root=folder"]).
    QJsonObject toJson() const;
    // Reads those members and no other. BadRequest with the JSON Pointer for a wrong type or value.
    static Result<TaskOptions> fromJson(const QJsonObject &object);
    static QStringList memberNames();

    bool operator==(const TaskOptions &) const = default;
};

constexpr int mostFuzz = 2;
constexpr int mostStrip = 64;

} // namespace PatchPanel
