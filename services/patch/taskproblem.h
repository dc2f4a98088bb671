#pragma once

#include "services/common/error.h"

#include <QByteArrayView>
#include <QJsonObject>
#include <QString>

namespace PatchPanel::Patch {

// What can be wrong with a task file, told apart finely enough to act on. The names are stable.
enum class ProblemCode {
    Syntax,
    InvalidUtf8,
    LoneSurrogate,
    TooDeep,
    TooLarge,
    NotATask,
    SchemaVersion,
    DuplicateKey,
    UnknownKey,
    RedundantKey,
    ConflictingKeys,
    MissingKey,
    WrongType,
    InvalidValue,
    UnknownOp,
    UnsafePath,
    OutsideWorkspace,
    Ambiguous,
    InvalidDiff,
    UnreadableFile,
    Reading, // a note: how something was read
};

// "duplicate-key"
QString toString(ProblemCode code);
// Syntax for a name that there is not.
ProblemCode problemCodeFromName(QStringView name);
// The code of a run that such a problem ends.
ErrorCode errorCodeOf(ProblemCode code);

enum class Severity { Error, Warning, Note };

// One thing that is wrong, or worth knowing, about a task file.
struct TaskProblem {
    Severity severity = Severity::Error;
    ProblemCode code = ProblemCode::Syntax;
    QString pointer = {}; // JSON Pointer; empty: the whole file
    int line = 0; // 1-based; 0: no place
    int column = 0; // in bytes, from 1
    QString message = {};
    QString expected = {}; // empty: the message says it
    QString found = {}; // what stands at the place, shortened
    QString hint = {};

    QString where() const; // "/mutations/0/op (3:12)"
    // {"severity","code","where","pointer","line","column","message","expected","found","hint"}
    QJsonObject toJson() const;
};

} // namespace PatchPanel::Patch
