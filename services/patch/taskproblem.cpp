#include "services/patch/taskproblem.h"

#include <algorithm>
#include <iterator>

namespace PatchPanel::Patch {

namespace {

struct Name {
    ProblemCode code;
    const char *name;
};

constexpr Name names[] = {
    {ProblemCode::Syntax, "syntax"},
    {ProblemCode::InvalidUtf8, "invalid-utf8"},
    {ProblemCode::LoneSurrogate, "lone-surrogate"},
    {ProblemCode::TooDeep, "too-deep"},
    {ProblemCode::TooLarge, "too-large"},
    {ProblemCode::NotATask, "not-a-task"},
    {ProblemCode::SchemaVersion, "schema-version"},
    {ProblemCode::DuplicateKey, "duplicate-key"},
    {ProblemCode::UnknownKey, "unknown-key"},
    {ProblemCode::RedundantKey, "redundant-key"},
    {ProblemCode::ConflictingKeys, "conflicting-keys"},
    {ProblemCode::MissingKey, "missing-key"},
    {ProblemCode::WrongType, "wrong-type"},
    {ProblemCode::InvalidValue, "invalid-value"},
    {ProblemCode::UnknownOp, "unknown-op"},
    {ProblemCode::UnsafePath, "unsafe-path"},
    {ProblemCode::OutsideWorkspace, "outside-workspace"},
    {ProblemCode::Ambiguous, "ambiguous"},
    {ProblemCode::InvalidDiff, "invalid-diff"},
    {ProblemCode::UnreadableFile, "unreadable-file"},
    {ProblemCode::Reading, "reading"},
};

QString nameOf(Severity severity)
{
    switch (severity) {
    case Severity::Error:
        return QStringLiteral("error");
    case Severity::Warning:
        return QStringLiteral("warning");
    case Severity::Note:
        break;
    }
    return QStringLiteral("note");
}

} // namespace

QString toString(ProblemCode code)
{
    const auto found =
        std::find_if(std::begin(names), std::end(names), [code](const Name &name) { return name.code == code; });
    return found == std::end(names) ? QString() : QString::fromLatin1(found->name);
}

ProblemCode problemCodeFromName(QStringView name)
{
    const auto found = std::find_if(std::begin(names), std::end(names),
                                    [name](const Name &known) { return name == QLatin1String(known.name); });
    return found == std::end(names) ? ProblemCode::Syntax : found->code;
}

ErrorCode errorCodeOf(ProblemCode code)
{
    switch (code) {
    case ProblemCode::UnsafePath:
        return ErrorCode::UnsafePath;
    case ProblemCode::OutsideWorkspace:
        return ErrorCode::OutsideWorkspace;
    case ProblemCode::Ambiguous:
        return ErrorCode::Ambiguous;
    default:
        return ErrorCode::InvalidTask;
    }
}

QString TaskProblem::where() const
{
    if (line == 0) {
        return pointer;
    }
    const QString place = QStringLiteral("%1:%2").arg(line).arg(column);
    return pointer.isEmpty() ? place : QStringLiteral("%1 (%2)").arg(pointer, place);
}

QJsonObject TaskProblem::toJson() const
{
    QJsonObject object{
        {QStringLiteral("severity"), nameOf(severity)},
        {QStringLiteral("code"), toString(code)},
        {QStringLiteral("where"), where()},
        {QStringLiteral("pointer"), pointer},
        {QStringLiteral("message"), message},
        {QStringLiteral("expected"), expected},
        {QStringLiteral("found"), found},
        {QStringLiteral("hint"), hint},
    };
    if (line > 0) {
        object.insert(QStringLiteral("line"), line);
        object.insert(QStringLiteral("column"), column);
    }
    return object;
}

} // namespace PatchPanel::Patch
