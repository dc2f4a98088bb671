#include "services/patch/taskopreader.h"

#include "services/patch/diffparser.h"
#include "services/patch/replacementtemplate.h"
#include "services/patch/taskobject.h"
#include "services/patch/taskreader.h"

#include <QRegularExpression>

#include <array>

namespace PatchPanel::Patch {

namespace {

enum class OpWord { Create, Update, Upsert, Replace, Insert, Diff, Move, Copy, Delete, Chmod };

struct OpName {
    const char *name;
    OpWord word;
};

constexpr std::array opNames{
    OpName{"create", OpWord::Create},   OpName{"add", OpWord::Create},      OpName{"update", OpWord::Update},
    OpName{"modify", OpWord::Update},   OpName{"edit", OpWord::Update},     OpName{"upsert", OpWord::Upsert},
    OpName{"write", OpWord::Upsert},    OpName{"replace", OpWord::Replace}, OpName{"insert", OpWord::Insert},
    OpName{"mutation", OpWord::Insert}, OpName{"diff", OpWord::Diff},       OpName{"patch", OpWord::Diff},
    OpName{"move", OpWord::Move},       OpName{"rename", OpWord::Move},     OpName{"copy", OpWord::Copy},
    OpName{"delete", OpWord::Delete},   OpName{"remove", OpWord::Delete},   OpName{"chmod", OpWord::Chmod},
};

QString knownOps()
{
    return QStringLiteral("Expected one of create, update, upsert, replace, insert, diff, move, copy, delete, chmod.");
}

// Reads one mutation's object into an Op.
class MutationReader {
public:
    MutationReader(TaskObject &object, const TaskOpReader &ops, const QString &workspaceRoot)
        : m_object(object)
        , m_ops(ops)
        , m_workspaceRoot(workspaceRoot)
    {
        m_op.pointer = object.pointer();
        m_op.purpose = object.text({"purpose", "reason", "description"});
    }

    Op read()
    {
        const std::optional<OpWord> word = readWord();
        if (!word) {
            return m_op;
        }
        readBy(*word);
        m_object.take({"comment", "_comment", "note", "notes", "id"});
        m_object.warnUnknown();
        return m_op;
    }

private:
    TaskProblems &problems() const { return m_object.problems(); }

    void problem(const JsonNode &node, const QString &message, const QString &hint = {}) const
    {
        problems().add(ErrorCode::InvalidTask, m_object.takenPointer(), node.offset, message, hint);
    }

    bool has(const char *key) const
    {
        const JsonNode *node = m_object.node().find(key);
        return node && !node->isNull();
    }

    // The op as it is named, or as the other keys tell it when nothing is.
    std::optional<OpWord> readWord()
    {
        const JsonNode *node = m_object.take({"op", "type", "action"});
        if (!node) {
            return inferredWord();
        }
        if (!node->isString()) {
            m_object.expect(*node, QStringLiteral("a string"));
            return std::nullopt;
        }
        const QByteArray name = node->text.toLower();
        for (const OpName &known : opNames) {
            if (name == known.name) {
                return known.word;
            }
        }
        problem(*node, QStringLiteral("The op \"%1\" is not known.").arg(node->string()), knownOps());
        return std::nullopt;
    }

    std::optional<OpWord> inferredWord()
    {
        if (has("insertAfter") || has("insertBefore") || has("insertAt")) {
            return OpWord::Insert;
        }
        if ((has("find") || has("pattern")) && (has("replace") || has("replacement"))) {
            return OpWord::Replace;
        }
        if (has("diff")) {
            return OpWord::Diff;
        }
        if (has("contents") || has("content") || has("contentsBase64") || has("contentsFrom") || has("path")) {
            return OpWord::Upsert;
        }
        m_object.missing(QStringLiteral("\"op\""), knownOps());
        return std::nullopt;
    }

    void readBy(OpWord word)
    {
        switch (word) {
        case OpWord::Create:
            return readWrite(OpKind::Create);
        case OpWord::Update:
            return readWrite(OpKind::Update);
        case OpWord::Upsert:
            return readWrite(OpKind::Upsert);
        case OpWord::Replace:
            return readReplace();
        case OpWord::Insert:
            return readInsert();
        case OpWord::Diff:
            return readDiff();
        case OpWord::Move:
            return readTransfer(OpKind::Move);
        case OpWord::Copy:
            return readTransfer(OpKind::Copy);
        case OpWord::Delete:
            m_op.kind = OpKind::Delete;
            m_op.path = readPath({"path", "file", "target_file"});
            return;
        case OpWord::Chmod:
            m_op.kind = OpKind::Chmod;
            m_op.path = readPath({"path", "file", "target_file"});
            readMode();
            if (!has("mode")) {
                m_object.missing(QStringLiteral("\"mode\""), QStringLiteral("Write it as an octal string: \"0755\"."));
            }
            return;
        }
    }

    QString readPath(TaskObject::Keys keys)
    {
        const JsonNode *node = m_object.take(keys);
        if (!node) {
            m_object.missing(QStringLiteral("\"%1\"").arg(QLatin1String(*keys.begin())));
            return {};
        }
        if (!node->isString()) {
            m_object.expect(*node, QStringLiteral("a string"));
            return {};
        }
        const Result<QString> path = confinedPath(node->string(), m_workspaceRoot);
        if (!path) {
            problems().add(path.error(), m_object.takenPointer(), node->offset);
            return {};
        }
        return *path;
    }

    void readMode()
    {
        static const QRegularExpression octal(QStringLiteral("^(0o?)?[0-7]{3,4}$"));
        const JsonNode *node = m_object.take({"mode"});
        if (!node) {
            return;
        }
        const QString text = node->isString() ? node->string() : QString();
        if (!octal.match(text).hasMatch()) {
            problem(*node, QStringLiteral("The mode is not an octal string."), QStringLiteral("Write it as \"0644\"."));
            return;
        }
        const int mode = QString(text).remove(u'o').toInt(nullptr, 8);
        if ((mode & ~0777) != 0) {
            problem(
                *node,
                QStringLiteral("The mode %1 has setuid, setgid or sticky; only permission bits are set.").arg(text));
            return;
        }
        m_op.mode = mode;
    }

    void readContents(const QString &missingHint)
    {
        const std::optional<QByteArray> text = m_object.bytes({"contents", "content"});
        const JsonNode *base64 = m_object.take({"contentsBase64"});
        if (base64 && base64->isString()) {
            const auto decoded = QByteArray::fromBase64Encoding(base64->text, QByteArray::AbortOnBase64DecodingErrors);
            if (!decoded) {
                problem(*base64, QStringLiteral("This is not valid base64."));
            }
            m_op.contents = *decoded;
        } else if (base64) {
            m_object.expect(*base64, QStringLiteral("a string"));
        }
        const JsonNode *from = m_object.take({"contentsFrom"});
        if (from) {
            problem(*from,
                    QStringLiteral("\"contentsFrom\" cannot be read here: a task is read without touching the disk."),
                    QStringLiteral("Put the contents into \"contents\" or \"contentsBase64\"."));
        }
        if (text && base64) {
            problem(*base64, QStringLiteral("Both \"contents\" and \"contentsBase64\" are given."));
        }
        if (text) {
            m_op.contents = *text;
        } else if (!base64 && !from && !has("contents") && !has("content")) {
            m_object.missing(QStringLiteral("\"contents\""), missingHint);
        }
    }

    void readWrite(OpKind kind)
    {
        m_op.kind = kind;
        m_op.path = readPath({"path", "file", "target_file"});
        readContents(QStringLiteral("An empty file is written with \"contents\": \"\"."));
        readMode();
    }

    void readReplace()
    {
        m_op.path = readPath({"path", "file", "target_file"});
        const std::optional<QByteArray> find = m_object.bytes({"find"});
        const std::optional<QByteArray> pattern = m_object.bytes({"pattern"});
        m_op.kind = pattern ? OpKind::ReplacePattern : OpKind::ReplaceLiteral;
        if (find && pattern) {
            problems().add(ErrorCode::InvalidTask, m_object.pointer(), m_object.node().offset,
                           QStringLiteral("Both \"find\" and \"pattern\" are given."),
                           QStringLiteral("\"find\" is literal text, \"pattern\" a regular expression: keep one."));
        } else if (!find && !pattern) {
            m_object.missing(QStringLiteral("\"find\" or \"pattern\""));
        } else if ((find ? *find : *pattern).isEmpty()) {
            m_object.missing(QStringLiteral("The text to find"), QStringLiteral("It is empty."));
        }
        m_op.find = find ? *find : pattern.value_or(QByteArray());
        const std::optional<QByteArray> replacement = m_object.bytes({"replace", "replacement"});
        if (!replacement && !has("replace") && !has("replacement")) {
            m_object.missing(QStringLiteral("\"replace\""), QStringLiteral("Text is removed with \"replace\": \"\"."));
        }
        m_op.replacement = replacement.value_or(QByteArray());
        m_op.count = m_object.integer({"count"}, 0).value_or(-1);
        m_op.expectMatches = m_object.integer({"expectMatches"}, 0);
        readPatternFlags();
    }

    void readPatternFlags()
    {
        const JsonNode *flags = m_object.take({"flags"});
        if (flags && !flags->isString()) {
            m_object.expect(*flags, QStringLiteral("a string"));
        } else if (flags) {
            m_op.patternFlags = flags->string();
            for (const QChar flag : std::as_const(m_op.patternFlags)) {
                if (!QStringLiteral("imsxu").contains(flag)) {
                    problem(*flags, QStringLiteral("The flag \"%1\" is not known.").arg(flag),
                            QStringLiteral("Flags are i, m, s, x and u; how many are replaced says \"count\"."));
                }
            }
        }
        static const QRegularExpression python(QStringLiteral("\\\\(\\d|g<)"));
        if (m_op.kind == OpKind::ReplacePattern && python.match(QString::fromUtf8(m_op.replacement)).hasMatch()) {
            problems().warn(m_object.pointer(), m_object.node().offset,
                            QStringLiteral("groups are written $1 and ${name} here; \\1 stays as it is"));
        }
    }

    void readInsert()
    {
        m_op.kind = OpKind::Insert;
        m_op.path = readPath({"path", "file", "target_file"});
        readContents({});
        if (m_op.contents.isEmpty() && (has("contents") || has("content"))) {
            m_object.missing(QStringLiteral("The text to insert"), QStringLiteral("It is empty."));
        }
        const std::optional<QByteArray> after = m_object.bytes({"after", "insertAfter"});
        const std::optional<QByteArray> before = m_object.bytes({"before", "insertBefore"});
        const JsonNode *at = m_object.take({"at", "insertAt"});
        if (int(after.has_value()) + int(before.has_value()) + int(at != nullptr) != 1) {
            problems().add(ErrorCode::InvalidTask, m_object.pointer(), m_object.node().offset,
                           QStringLiteral("An insert needs exactly one of \"after\", \"before\" and \"at\"."));
            return;
        }
        if (at) {
            readAt(*at);
        } else {
            m_op.place = after ? InsertPlace::After : InsertPlace::Before;
            m_op.find = after ? *after : *before;
            if (m_op.find.isEmpty()) {
                m_object.missing(QStringLiteral("The anchor"),
                                 QStringLiteral("It is empty; use \"at\": \"start\" or \"end\"."));
            }
        }
        readOccurrence();
        readFallback();
    }

    void readAt(const JsonNode &at)
    {
        if (at.isString() && (at.text == "start" || at.text == "end")) {
            m_op.place = at.text == "start" ? InsertPlace::Start : InsertPlace::End;
            return;
        }
        m_op.place = InsertPlace::AtLine;
        bool whole = false;
        m_op.line = at.kind == JsonNode::Kind::Number ? at.text.toInt(&whole) : 0;
        if (!whole || m_op.line < 1) {
            problem(at, QStringLiteral("Expected a line number from 1, \"start\" or \"end\"."));
        }
    }

    void readOccurrence()
    {
        const JsonNode *node = m_object.take({"occurrence"});
        if (!node) {
            return;
        }
        if (node->isString() && (node->text == "first" || node->text == "last")) {
            m_op.occurrence = node->text == "first" ? 1 : -1;
            return;
        }
        bool whole = false;
        m_op.occurrence = node->kind == JsonNode::Kind::Number ? node->text.toInt(&whole) : 0;
        if (!whole || m_op.occurrence < 1) {
            problem(*node, QStringLiteral("Expected \"first\", \"last\" or a number from 1."));
        }
    }

    void readFallback()
    {
        struct Name {
            const char *name;
            InsertFallback fallback;
        };
        static constexpr std::array names{Name{"fail", InsertFallback::Fail}, Name{"append", InsertFallback::Append},
                                          Name{"prepend", InsertFallback::Prepend}, Name{"skip", InsertFallback::Skip}};
        const JsonNode *node = m_object.take({"fallback"});
        if (!node) {
            return;
        }
        for (const Name &known : names) {
            if (node->isString() && node->text == known.name) {
                m_op.fallback = known.fallback;
                return;
            }
        }
        problem(*node, QStringLiteral("Expected \"fail\", \"append\", \"prepend\" or \"skip\"."));
    }

    void readDiff()
    {
        const bool named = has("path") || has("file") || has("target_file");
        const QString path = named ? readPath({"path", "file", "target_file"}) : QString();
        const std::optional<QByteArray> text = m_object.bytes({"diff", "patch"});
        if (!text) {
            if (!has("diff") && !has("patch")) {
                m_object.missing(QStringLiteral("\"diff\""));
            }
            m_op.kind = OpKind::Diff;
            return;
        }
        const QString purpose = m_op.purpose;
        const JsonNode *node = m_object.node().find(has("diff") ? "diff" : "patch");
        m_op = m_ops.diffOp(*text, path, m_object.pointer(), node->offset);
        m_op.purpose = purpose;
    }

    void readTransfer(OpKind kind)
    {
        m_op.kind = kind;
        m_op.from = readPath({"from", "path"});
        m_op.path = readPath({"to", "newPath"});
        m_op.overwrite = m_object.boolean({"overwrite"}).value_or(false);
    }

    TaskObject &m_object;
    const TaskOpReader &m_ops;
    const QString &m_workspaceRoot;
    Op m_op;
};

bool startsWithHunk(const QByteArray &text)
{
    return text.startsWith("@@ -") || text.contains("\n@@ -");
}

} // namespace

TaskOpReader::TaskOpReader(const QString &workspaceRoot, TaskProblems &problems)
    : m_workspaceRoot(workspaceRoot)
    , m_problems(problems)
{
}

Op TaskOpReader::read(const JsonNode &node, const QString &pointer) const
{
    if (!node.isObject()) {
        m_problems.add(ErrorCode::InvalidTask, pointer, node.offset,
                       QStringLiteral("Expected an object, found %1.").arg(node.kindName()));
        return {};
    }
    TaskObject object(node, pointer, m_problems);
    return MutationReader(object, *this, m_workspaceRoot).read();
}

QString TaskOpReader::confined(const JsonNode *node, const QString &pointer) const
{
    if (!node || !node->isString()) {
        m_problems.add(ErrorCode::InvalidTask, pointer, node ? node->offset : -1,
                       QStringLiteral("\"target_file\" must name the file to change."));
        return {};
    }
    const Result<QString> path = confinedPath(node->string(), m_workspaceRoot);
    if (!path) {
        m_problems.add(path.error(), pointer, node->offset);
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
    op.path = confined(task.find("target_file"), pointerTo(pointer, "target_file"));
    op.find = object.bytes({"pattern"}).value_or(QByteArray());
    op.replacement = fromPythonReplacement(object.bytes({"replacement"}).value_or(QByteArray()));
    op.patternFlags = QStringLiteral("s");
    op.count = 0;
    if (op.find.isEmpty()) {
        object.missing(QStringLiteral("The pattern"));
    }
    object.take({"description", "comment"});
    object.warnUnknown();
    m_problems.warn(
        patchPointer, patch->offset,
        QStringLiteral("read as: replace every match; \".\" matches line ends; groups are \\1 and \\g<name>"));
    return op;
}

Op TaskOpReader::readTextPatch(const JsonNode &task, const QString &pointer) const
{
    const JsonNode *patch = task.find("patch");
    const QString patchPointer = pointerTo(pointer, "patch");
    const JsonNode *target = task.find("target_file");
    const JsonNode *as = task.find("patchAs");
    if (as && (!as->isString() || (as->text != "contents" && as->text != "diff"))) {
        m_problems.add(ErrorCode::InvalidTask, pointerTo(pointer, "patchAs"), as->offset,
                       QStringLiteral("Expected \"contents\" or \"diff\"."));
        return {};
    }
    if (as && as->text == "contents") {
        Op op;
        op.kind = OpKind::Upsert;
        op.pointer = patchPointer;
        op.path = confined(target, pointerTo(pointer, "target_file"));
        op.contents = patch->text;
        return op;
    }
    const Result<Diff> diff = parseDiff(patch->text, HunkCounts::Recounted);
    const bool readsAsDiff = (diff && !diff->files.isEmpty()) || startsWithHunk(patch->text);
    if (!as && !readsAsDiff) {
        m_problems.add(
            ErrorCode::InvalidTask, patchPointer, patch->offset,
            QStringLiteral("\"patch\" is ambiguous: its text is no unified diff."),
            QStringLiteral("Say \"patchAs\": \"contents\" to write it to target_file, or \"patchAs\": \"diff\"."));
        return {};
    }
    const QString path = target ? confined(target, pointerTo(pointer, "target_file")) : QString();
    return diffOp(patch->text, path, patchPointer, patch->offset);
}

Op TaskOpReader::diffOp(QByteArray text, const QString &path, const QString &pointer, qsizetype offset) const
{
    const bool bare = !path.isEmpty() && text.startsWith("@@ -");
    if (bare) {
        text.prepend("--- a/" + path.toUtf8() + "\n+++ b/" + path.toUtf8() + '\n');
    }
    // Wrong counts may be mended when the plan is made: here only the names matter.
    Result<Diff> diff = parseDiff(text, HunkCounts::Recounted);
    if (!diff) {
        m_problems.add(diff.error(), pointer, offset);
        return {.kind = OpKind::Diff, .pointer = pointer};
    }
    if (diff->files.isEmpty()) {
        m_problems.add(ErrorCode::InvalidTask, pointer, offset, QStringLiteral("There is no unified diff in it."),
                       QStringLiteral("Expected: --- a/path, +++ b/path and hunks that begin with @@."));
    }
    return parsedDiffOp(text, *std::move(diff), path, pointer, offset);
}

Op TaskOpReader::parsedDiffOp(const QByteArray &text, Diff diff, const QString &path, const QString &pointer,
                              qsizetype offset) const
{
    for (const FileDiff &file : std::as_const(diff.files)) {
        for (const QString &name : {file.oldPath, file.newPath}) {
            const Result<QString> checked =
                name.isEmpty() ? Result<QString>(name) : confinedPath(name, m_workspaceRoot);
            if (!checked) {
                m_problems.add(checked.error(), pointer, offset);
                break;
            }
            if (!path.isEmpty() && !name.isEmpty() && *checked != path) {
                m_problems.warn(pointer, offset, QStringLiteral("the diff changes %1, not %2").arg(*checked, path));
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
