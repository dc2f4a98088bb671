#include "services/patch/mutationreader.h"

#include <QRegularExpression>

#include <algorithm>
#include <array>

namespace PatchPanel::Patch {

namespace {

QString knownOps()
{
    return QStringLiteral("one of create, update, upsert, replace, insert, diff, move, copy, delete, chmod");
}

} // namespace

MutationReader::MutationReader(TaskObject &object, const TaskOpReader &ops, ReadContext &context)
    : m_object(object)
    , m_ops(ops)
    , m_context(context)
{
    m_op.pointer = object.pointer();
    m_op.purpose = object.text({"purpose", "reason", "description"});
}

Op MutationReader::read()
{
    if (const std::optional<Word> word = readWord()) {
        readBy(*word);
        m_object.take({"comment", "_comment", "note", "notes", "id"});
        m_object.warnUnknown();
    } else {
        checkPathsOfUnknownOp();
    }
    return m_op;
}

const QList<MutationReader::OpName> &MutationReader::opNames()
{
    static const QList<OpName> names{
        {"create", Word::Create}, {"add", Word::Create},      {"update", Word::Update}, {"modify", Word::Update},
        {"edit", Word::Update},   {"upsert", Word::Upsert},   {"write", Word::Upsert},  {"replace", Word::Replace},
        {"insert", Word::Insert}, {"mutation", Word::Insert}, {"diff", Word::Diff},     {"patch", Word::Diff},
        {"move", Word::Move},     {"rename", Word::Move},     {"copy", Word::Copy},     {"delete", Word::Delete},
        {"remove", Word::Delete}, {"chmod", Word::Chmod},
    };
    return names;
}

// The op as it is named, or as the other keys tell it when nothing is.
std::optional<MutationReader::Word> MutationReader::readWord()
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
    QList<QByteArray> words;
    for (const OpName &known : opNames()) {
        if (name == known.name) {
            return known.word;
        }
        words.append(known.name);
    }
    const QByteArray meant = nearestWord(name, words);
    m_object.problems().add(
        ProblemCode::UnknownOp, m_object.takenPointer(), node->offset,
        QStringLiteral("The op \"%1\" is not known; expected %2.").arg(node->string(), knownOps()),
        meant.isEmpty() ? QString() : QStringLiteral("did you mean \"%1\"?").arg(QString::fromUtf8(meant)), knownOps());
    return std::nullopt;
}

std::optional<MutationReader::Word> MutationReader::inferredWord()
{
    const auto has = [this](std::initializer_list<const char *> keys) {
        return std::any_of(keys.begin(), keys.end(), [this](const char *key) { return m_object.has(key); });
    };
    if (has({"insertAfter", "insertBefore", "insertAt"})) {
        return Word::Insert;
    }
    if (has({"find", "pattern"}) && has({"replace", "replacement"})) {
        return Word::Replace;
    }
    if (has({"diff"})) {
        return Word::Diff;
    }
    if (has({"contents", "content", "contentsBase64", "contentsFrom", "path"})) {
        return Word::Upsert;
    }
    m_object.missing(QStringLiteral("\"op\""), QStringLiteral("Expected %1.").arg(knownOps()));
    return std::nullopt;
}

// Whatever it means to do, its paths are wrong as they stand.
void MutationReader::checkPathsOfUnknownOp()
{
    for (const char *key : {"path", "file", "target_file", "from", "to"}) {
        if (m_object.has(key)) {
            readPath({key});
        }
    }
}

void MutationReader::readBy(Word word)
{
    switch (word) {
    case Word::Create:
        return readWrite(OpKind::Create);
    case Word::Update:
        return readWrite(OpKind::Update);
    case Word::Upsert:
        return readWrite(OpKind::Upsert);
    case Word::Replace:
        return readReplace();
    case Word::Insert:
        return readInsert();
    case Word::Diff:
        return readDiff();
    case Word::Move:
        return readTransfer(OpKind::Move);
    case Word::Copy:
        return readTransfer(OpKind::Copy);
    case Word::Delete:
        m_op.kind = OpKind::Delete;
        m_op.path = readTarget();
        return;
    case Word::Chmod:
        return readChmod();
    }
}

QString MutationReader::readPath(TaskObject::Keys keys)
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
    const Result<QString> path = m_context.confined(node->string());
    if (!path) {
        m_object.problems().add(path.error(), m_object.takenPointer(), node->offset, ProblemCode::UnsafePath);
        return {};
    }
    return *path;
}

void MutationReader::readMode()
{
    static const QRegularExpression octal(QStringLiteral("^(0o?)?[0-7]{3,4}$"));
    const JsonNode *node = m_object.take({"mode"});
    if (!node) {
        return;
    }
    const QString text = node->isString() ? node->string() : QString();
    if (!octal.match(text).hasMatch()) {
        m_object.invalid(*node, QStringLiteral("The mode is not an octal string."),
                         QStringLiteral("Write it as \"0644\"."), QStringLiteral("an octal string"));
        return;
    }
    const int mode = QString(text).remove(u'o').toInt(nullptr, 8);
    if ((mode & ~0777) != 0) {
        m_object.invalid(
            *node, QStringLiteral("The mode %1 has setuid, setgid or sticky; only permission bits are set.").arg(text),
            {}, QStringLiteral("0000 to 0777"));
        return;
    }
    m_op.mode = mode;
}

void MutationReader::readContents(const QString &missingHint)
{
    if (const std::optional<QByteArray> text = m_object.bytes({"contents", "content"})) {
        m_op.contents = *text;
    }
    if (const JsonNode *base64 = m_object.take({"contentsBase64"})) {
        readBase64(*base64);
    }
    if (const JsonNode *from = m_object.take({"contentsFrom"})) {
        readContentsFrom(*from);
    }
    const bool plain = m_object.has("contents") || m_object.has("content");
    const int given = int(plain) + int(m_object.has("contentsBase64")) + int(m_object.has("contentsFrom"));
    if (given > 1) {
        m_object.conflict(QStringLiteral("More than one of \"contents\", \"contentsBase64\" and \"contentsFrom\" is "
                                         "given."),
                          QStringLiteral("Keep one of them."));
    } else if (given == 0) {
        m_object.missing(QStringLiteral("\"contents\""), missingHint);
    }
}

void MutationReader::readBase64(const JsonNode &node)
{
    if (!node.isString()) {
        m_object.expect(node, QStringLiteral("a string"));
        return;
    }
    const auto decoded = QByteArray::fromBase64Encoding(node.text, QByteArray::AbortOnBase64DecodingErrors);
    if (!decoded) {
        m_object.invalid(node, QStringLiteral("This is not valid base64."));
        return;
    }
    m_op.contents = *decoded;
}

void MutationReader::readContentsFrom(const JsonNode &node)
{
    if (!node.isString()) {
        m_object.expect(node, QStringLiteral("the name of a file beside the task"));
        return;
    }
    const Result<QByteArray> contents = m_context.fileBeside(node.string());
    if (!contents) {
        m_object.problems().add(contents.error(), m_object.takenPointer(), node.offset, ProblemCode::UnreadableFile);
        return;
    }
    m_op.contents = *contents;
}

void MutationReader::readWrite(OpKind kind)
{
    m_op.kind = kind;
    m_op.path = readTarget();
    readContents(QStringLiteral("An empty file is written with \"contents\": \"\"."));
    readMode();
}

void MutationReader::readReplace()
{
    m_op.path = readTarget();
    readSearch();
    const std::optional<QByteArray> replacement = m_object.bytes({"replace", "replacement"});
    if (!replacement && !m_object.has("replace") && !m_object.has("replacement")) {
        m_object.missing(QStringLiteral("\"replace\""), QStringLiteral("Text is removed with \"replace\": \"\"."));
    }
    m_op.replacement = replacement.value_or(QByteArray());
    m_op.count = m_object.integer({"count"}, 0).value_or(-1);
    m_op.expectMatches = m_object.integer({"expectMatches"}, 0);
    readPatternFlags();
}

void MutationReader::readSearch()
{
    const std::optional<QByteArray> find = m_object.bytes({"find"});
    const std::optional<QByteArray> pattern = m_object.bytes({"pattern"});
    m_op.kind = pattern ? OpKind::ReplacePattern : OpKind::ReplaceLiteral;
    m_op.find = find ? *find : pattern.value_or(QByteArray());
    if (find && pattern) {
        m_object.conflict(QStringLiteral("Both \"find\" and \"pattern\" are given."),
                          QStringLiteral("\"find\" is literal text, \"pattern\" a regular expression: keep one."));
    } else if (!m_object.has("find") && !m_object.has("pattern")) {
        m_object.missing(QStringLiteral("\"find\" or \"pattern\""));
    } else if ((find || pattern) && m_op.find.isEmpty()) {
        m_object.missing(QStringLiteral("The text to find"), QStringLiteral("It is empty."));
    }
}

void MutationReader::readPatternFlags()
{
    const JsonNode *flags = m_object.take({"flags"});
    if (flags && !flags->isString()) {
        m_object.expect(*flags, QStringLiteral("a string"));
    } else if (flags) {
        m_op.patternFlags = flags->string();
        for (const QChar flag : std::as_const(m_op.patternFlags)) {
            if (!QStringLiteral("imsxu").contains(flag)) {
                m_object.invalid(*flags, QStringLiteral("The flag \"%1\" is not known.").arg(flag),
                                 QStringLiteral("Flags are i, m, s, x and u; how many are replaced says \"count\"."));
            }
        }
    }
    static const QRegularExpression python(QStringLiteral("\\\\(\\d|g<)"));
    if (m_op.kind == OpKind::ReplacePattern && python.match(QString::fromUtf8(m_op.replacement)).hasMatch()) {
        m_object.problems().warn(ProblemCode::InvalidValue, m_object.pointer(), m_object.node().offset,
                                 QStringLiteral("groups are written $1 and ${name} here; \\1 stays as it is"));
    }
}

void MutationReader::readInsert()
{
    m_op.kind = OpKind::Insert;
    m_op.path = readTarget();
    readContents({});
    if (m_op.contents.isEmpty() && (m_object.has("contents") || m_object.has("content"))) {
        m_object.missing(QStringLiteral("The text to insert"), QStringLiteral("It is empty."));
    }
    readPlace();
    readOccurrence();
    readFallback();
}

void MutationReader::readPlace()
{
    const std::optional<QByteArray> after = m_object.bytes({"after", "insertAfter"});
    const std::optional<QByteArray> before = m_object.bytes({"before", "insertBefore"});
    const JsonNode *at = m_object.take({"at", "insertAt"});
    if (int(after.has_value()) + int(before.has_value()) + int(at != nullptr) != 1) {
        m_object.conflict(QStringLiteral("An insert needs exactly one of \"after\", \"before\" and \"at\"."));
        return;
    }
    if (at) {
        readAt(*at);
        return;
    }
    m_op.place = after ? InsertPlace::After : InsertPlace::Before;
    m_op.find = after ? *after : *before;
    if (m_op.find.isEmpty()) {
        m_object.missing(QStringLiteral("The anchor"),
                         QStringLiteral("It is empty; use \"at\": \"start\" or \"end\"."));
    }
}

void MutationReader::readAt(const JsonNode &at)
{
    if (at.isString() && (at.text == "start" || at.text == "end")) {
        m_op.place = at.text == "start" ? InsertPlace::Start : InsertPlace::End;
        return;
    }
    m_op.place = InsertPlace::AtLine;
    bool whole = false;
    m_op.line = at.kind == JsonNode::Kind::Number ? at.text.toInt(&whole) : 0;
    if (!whole || m_op.line < 1) {
        m_object.invalid(at, QStringLiteral("Expected a line number from 1, \"start\" or \"end\"."), {},
                         QStringLiteral("a line number from 1, \"start\" or \"end\""));
    }
}

void MutationReader::readOccurrence()
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
        m_object.invalid(*node, QStringLiteral("Expected \"first\", \"last\" or a number from 1."), {},
                         QStringLiteral("\"first\", \"last\" or a number from 1"));
    }
}

void MutationReader::readFallback()
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
    m_object.invalid(*node, QStringLiteral("Expected \"fail\", \"append\", \"prepend\" or \"skip\"."), {},
                     QStringLiteral("\"fail\", \"append\", \"prepend\" or \"skip\""));
}

void MutationReader::readDiff()
{
    const bool named = m_object.has("path") || m_object.has("file") || m_object.has("target_file");
    const QString path = named ? readTarget() : QString();
    const std::optional<QByteArray> text = m_object.bytes({"diff", "patch"});
    m_op.kind = OpKind::Diff;
    if (!text) {
        if (!m_object.has("diff") && !m_object.has("patch")) {
            m_object.missing(QStringLiteral("\"diff\""));
        }
        return;
    }
    const QString purpose = m_op.purpose;
    const JsonNode *node = m_object.node().find(m_object.has("diff") ? "diff" : "patch");
    m_op = m_ops.diffOp(*text, path, m_object.pointer(), node->offset);
    m_op.purpose = purpose;
}

void MutationReader::readTransfer(OpKind kind)
{
    m_op.kind = kind;
    m_op.from = readPath({"from", "path"});
    m_op.path = readPath({"to", "newPath"});
    m_op.overwrite = m_object.boolean({"overwrite"}).value_or(false);
}

void MutationReader::readChmod()
{
    m_op.kind = OpKind::Chmod;
    m_op.path = readTarget();
    readMode();
    if (!m_object.has("mode")) {
        m_object.missing(QStringLiteral("\"mode\""), QStringLiteral("Write it as an octal string: \"0755\"."));
    }
}

} // namespace PatchPanel::Patch
