#pragma once

#include "services/common/step.h"

#include <QByteArray>
#include <QJsonObject>
#include <QList>
#include <QString>

#include <chrono>
#include <memory>
#include <optional>

namespace PatchPanel::Patch {

// What one mutation does. The task file's words and their synonyms are read in TaskReader.
enum class OpKind { Create, Update, Upsert, Delete, ReplaceLiteral, ReplacePattern, Insert, Diff, Move, Copy, Chmod };

enum class InsertPlace { Before, After, Start, End, AtLine };
enum class InsertFallback { Fail, Append, Prepend, Skip };

struct Diff;

// One mutation of a task, every dialect read into the same form. Paths are relative to the workspace, '/'-separated
// and lexically safe; contents are bytes. Only the members of its kind carry a meaning.
struct Op {
    OpKind kind = OpKind::Create;
    QString path = {}; // of a Diff: empty, the diff names its files
    QString from = {}; // Move, Copy
    QByteArray contents = {}; // Create, Update, Upsert; the block of an Insert; the text of a Diff
    std::shared_ptr<const Diff> diff = {}; // of a Diff: its text as it was read, names not confined yet
    std::optional<int> mode = {}; // permission bits: Create, Update, Upsert, Chmod
    QByteArray find = {}; // ReplaceLiteral: the bytes; ReplacePattern: the PCRE2 pattern; Insert: the anchor
    QByteArray replacement = {};
    QString patternFlags = {}; // of "imsx" and "u"
    int count = -1; // ReplaceX: how many to replace; 0 all; -1 the kind's default (literal all, pattern first)
    std::optional<int> expectMatches = {};
    InsertPlace place = InsertPlace::After;
    int line = 0; // AtLine, 1-based
    int occurrence = 0; // Insert: which match of the anchor, 1-based; 0 it must be the only one; -1 the last
    InsertFallback fallback = InsertFallback::Fail;
    bool overwrite = false; // Move, Copy
    QString purpose = {}; // why, for the report
    QString pointer = {}; // JSON Pointer of the op in its file, for messages
};

enum class Network { Shared, None };

// A command that must pass.
struct Gate {
    Phase phase = Phase::Validate;
    QString command = {}; // for `sh -c`
    std::chrono::milliseconds timeout = std::chrono::minutes(10);
    QString cwd = {}; // relative to the workspace; empty: the workspace
    QList<std::pair<QString, QString>> environment = {};
    Network network = Network::Shared; // None needs the sandbox
};

struct Probe {
    QString name;
    QString url;
};

struct GitStep {
    bool requested = false; // the task asks for a commit
    QString branch = {};
    QString commit = {}; // the message; empty: made from the title
    QString tag = {};
};

// What the task promises or asks for; task-format.md lists what each means. Unset: the default.
struct Flags {
    bool enforceValidationGate = true;
    bool requireMutationProof = false;
    bool requireServiceUptime = false;
    bool strictRuntimeAudit = false;
    bool forceRuntimeTrace = false;
    bool blockCommitOnError = true;
    bool disabledByDefault = false;
};

// A file beside the task file that the task takes contents from.
struct FileBeside {
    QString name; // relative to the task file's folder
    QByteArray sha256; // hexadecimal
};

// A task as every reader hands it to the planner.
struct Task {
    QString dialect = {}; // "native", "block", "regex", "text patch", "envelope", "operational", "diff", …
    QString file = {}; // as the user named it
    QByteArray sha256 = {}; // of the file's bytes, hexadecimal
    QList<FileBeside> filesBeside = {}; // in the order of their names
    QString id = {};
    QString version = {};
    QString phase = {};
    QString title = {};
    QString description = {};
    QList<Op> ops = {};
    QList<Gate> gates = {}; // in the order in which they run
    QList<Probe> services = {};
    GitStep git = {};
    Flags flags = {};
    int retries = 0; // a queue runs it anew so often when it was interrupted
    QList<QString> nextSteps = {};
    QJsonObject metadata = {};
    QList<QString> warnings = {}; // unknown keys and how unclear things were read

    // Title, else id, else file name: never empty for a task that was read.
    QString displayName() const;
};

} // namespace PatchPanel::Patch
