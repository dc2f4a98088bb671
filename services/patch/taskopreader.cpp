#include "services/patch/taskopreader.h"

#include "services/patch/diffparser.h"
#include "services/patch/mutationreader.h"
#include "services/patch/readcontext.h"
#include "services/patch/replacementtemplate.h"
#include "services/patch/taskobject.h"

namespace PatchPanel::Patch {

namespace {

bool startsWithHunk(const QByteArray &text)
{
    return text.startsWith("@@ -") || text.contains("\n@@ -");
}

Error atLine(Error error, int line)
{
    error.details.insert(QStringLiteral("line"), line);
    return error;
}

} // namespace

TaskOpReader::TaskOpReader(ReadContext &context, TaskProblems &problems)
    : m_context(context)
    , m_problems(problems)
{
}

Op TaskOpReader::read(const JsonNode &node, const QString &pointer) const
{
    if (!node.isObject()) {
        m_problems.add(ProblemCode::WrongType, pointer, node.offset,
                       QStringLiteral("Expected an object, found %1.").arg(node.kindName()), {},
                       QStringLiteral("an object"));
        return {};
    }
    TaskObject object(node, pointer, m_problems);
    return MutationReader(object, *this, m_context).read();
}

QString TaskOpReader::target(const JsonNode &task, const QString &pointer) const
{
    const JsonNode *node = task.find("target_file");
    const QString nodePointer = node ? pointerTo(pointer, "target_file") : pointer;
    const qsizetype offset = node ? node->offset : task.offset;
    if (!node || !node->isString()) {
        m_problems.add(node ? ProblemCode::WrongType : ProblemCode::MissingKey, nodePointer, offset,
                       QStringLiteral("\"target_file\" must name the file to change."), {},
                       QStringLiteral("the path of a file"));
        return {};
    }
    const Result<QString> path = m_context.confined(node->string());
    if (!path) {
        m_problems.add(path.error(), nodePointer, offset, ProblemCode::UnsafePath);
        return {};
    }
    return *path;
}

Op TaskOpReader::readRegex(const JsonNode &task, const QString &pointer) const
{
    const JsonNode *patch = task.find("patch");
    const QString patchPointer = pointerTo(pointer, "patch");
    TaskObject object(*patch, patchPointer, m_problems);
    Op op;
    op.kind = OpKind::ReplacePattern;
    op.pointer = patchPointer;
    op.path = target(task, pointer);
    const std::optional<QByteArray> pattern = object.bytes({"pattern"});
    const std::optional<QByteArray> replacement = object.bytes({"replacement"});
    op.find = pattern.value_or(QByteArray());
    op.replacement = fromPythonReplacement(replacement.value_or(QByteArray()));
    op.patternFlags = QStringLiteral("s");
    op.count = 0;
    if (op.find.isEmpty() && (pattern || !object.has("pattern"))) {
        object.missing(QStringLiteral("\"pattern\""));
    }
    if (!object.has("replacement")) {
        object.missing(QStringLiteral("\"replacement\""),
                       QStringLiteral("Text is removed with \"replacement\": \"\"."));
    }
    object.take({"description", "comment"});
    object.warnUnknown();
    m_problems.note(
        patchPointer, patch->offset,
        QStringLiteral("read as: replace every match; \".\" matches line ends; groups are \\1 and \\g<name>"));
    return op;
}

Op TaskOpReader::readTextPatch(const JsonNode &task, const QString &pointer) const
{
    const JsonNode *patch = task.find("patch");
    const QString patchPointer = pointerTo(pointer, "patch");
    const JsonNode *as = task.find("patchAs");
    if (as && (!as->isString() || (as->text != "contents" && as->text != "diff"))) {
        m_problems.add(ProblemCode::InvalidValue, pointerTo(pointer, "patchAs"), as->offset,
                       QStringLiteral("Expected \"contents\" or \"diff\"."), {},
                       QStringLiteral("\"contents\" or \"diff\""));
        return {};
    }
    if (as && as->text == "contents") {
        Op op;
        op.kind = OpKind::Upsert;
        op.pointer = patchPointer;
        op.path = target(task, pointer);
        op.contents = patch->text;
        return op;
    }
    const Result<Diff> diff = parseDiff(patch->text, HunkCounts::Recounted);
    const bool readsAsDiff = (diff && !diff->files.isEmpty()) || startsWithHunk(patch->text);
    if (!as && !readsAsDiff) {
        m_problems.add(
            ProblemCode::Ambiguous, patchPointer, patch->offset,
            QStringLiteral("\"patch\" is ambiguous: its text is no unified diff."),
            QStringLiteral("Say \"patchAs\": \"contents\" to write it to target_file, or \"patchAs\": \"diff\"."));
        return {};
    }
    const QString path = task.find("target_file") ? target(task, pointer) : QString();
    return diffOp(patch->text, path, patchPointer, patch->offset);
}

Op TaskOpReader::diffOp(QByteArray text, const QString &path, const QString &pointer, qsizetype offset) const
{
    const bool bare = !path.isEmpty() && text.startsWith("@@ -");
    if (bare) {
        text.prepend("--- a/" + path.toUtf8() + "\n+++ b/" + path.toUtf8() + '\n');
    }
    Result<Diff> diff = parseDiff(text, HunkCounts::Recounted);
    if (!diff) {
        m_problems.add(diff.error(), pointer, offset, ProblemCode::InvalidDiff);
        return {.kind = OpKind::Diff, .pointer = pointer};
    }
    if (diff->files.isEmpty()) {
        m_problems.add(ProblemCode::InvalidDiff, pointer, offset, QStringLiteral("There is no unified diff in it."),
                       QStringLiteral("Expected: --- a/path, +++ b/path and hunks that begin with @@."));
    }
    return parsedDiffOp(text, *std::move(diff), path, pointer, offset);
}

Op TaskOpReader::parsedDiffOp(const QByteArray &text, Diff diff, const QString &path, const QString &pointer,
                              qsizetype offset) const
{
    if (diff.countProblem && m_context.hunkCounts() == HunkCounts::Checked) {
        m_problems.add(*diff.countProblem, pointer, offset, ProblemCode::InvalidDiff);
    }
    for (FileDiff &file : diff.files) {
        if (const Result<void> named = m_context.takeNames(file); !named) {
            m_problems.add(atLine(named.error(), file.patchLine), pointer, offset, ProblemCode::UnsafePath);
            continue;
        }
        for (const QString &name : {file.oldPath, file.newPath}) {
            if (!path.isEmpty() && !name.isEmpty() && name != path) {
                m_problems.warn(ProblemCode::ConflictingKeys, pointer, offset,
                                QStringLiteral("the diff changes %1, not %2").arg(name, path));
                break;
            }
        }
    }
    Op op;
    op.kind = OpKind::Diff;
    op.pointer = pointer;
    op.contents = text;
    op.diff = std::make_shared<const Diff>(std::move(diff));
    return op;
}

} // namespace PatchPanel::Patch
