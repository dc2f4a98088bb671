#include "services/patch/jsonreader.h"

#include "services/patch/taskproblem.h"

#include <QJsonArray>
#include <QJsonObject>
#include <QSet>

#include <algorithm>

namespace PatchPanel::Patch {

namespace {

constexpr int maxNesting = 64;
constexpr QByteArrayView byteOrderMark("\xef\xbb\xbf");

bool isDigit(char c)
{
    return c >= '0' && c <= '9';
}

int hexValue(char c)
{
    if (isDigit(c)) {
        return c - '0';
    }
    const char lower = static_cast<char>(c | 0x20);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

void appendUtf8(QByteArray &text, char32_t c)
{
    if (c < 0x80) {
        text += static_cast<char>(c);
        return;
    }
    text += QString::fromUcs4(&c, 1).toUtf8();
}

// How many bytes from the start are UTF-8.
qsizetype validUtf8Length(QByteArrayView bytes)
{
    qsizetype at = 0;
    while (at < bytes.size()) {
        const auto lead = static_cast<unsigned char>(bytes[at]);
        const qsizetype length = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
        if (length > bytes.size() - at || !bytes.sliced(at, length).isValidUtf8()) {
            break;
        }
        at += length;
    }
    return at;
}

QString hintForWord(QByteArrayView text)
{
    for (const char *word : {"NaN", "Infinity", "-Infinity", "undefined", "None"}) {
        if (text.startsWith(word)) {
            return QStringLiteral("JSON has no %1; write a number, null, or leave the key out.")
                .arg(QLatin1String(word));
        }
    }
    return {};
}

// Recursive descent over the bytes. A failing function has set m_failure and returns false.
class JsonParser {
public:
    JsonParser(QByteArrayView bytes, QList<DuplicateKey> &duplicates)
        : m_bytes(bytes)
        , m_duplicates(duplicates)
    {
    }

    Result<JsonNode> read()
    {
        if (m_bytes.startsWith(byteOrderMark)) {
            m_at = byteOrderMark.size();
        }
        JsonNode root;
        skipBlanks();
        if (!readValue(root, {}, 0)) {
            return failure();
        }
        skipBlanks();
        if (m_at < m_bytes.size()) {
            fail(m_at, QStringLiteral("there is more text after the end of the JSON value"));
            return failure();
        }
        return root;
    }

private:
    char peek() const { return m_at < m_bytes.size() ? m_bytes[m_at] : '\0'; }
    bool atEnd() const { return m_at >= m_bytes.size(); }

    bool fail(qsizetype offset, const QString &message, ProblemCode problem = ProblemCode::Syntax)
    {
        m_problem = problem;
        m_failOffset = offset;
        m_failure = message;
        return false;
    }

    Error failure() const
    {
        const TextPosition position = positionAt(m_bytes, m_failOffset);
        return {ErrorCode::InvalidTask,
                QStringLiteral("This is not valid JSON: %1.").arg(m_failure),
                m_hint,
                QStringLiteral("%1:%2").arg(position.line).arg(position.column),
                {{QStringLiteral("line"), position.line},
                 {QStringLiteral("column"), position.column},
                 {QStringLiteral("offset"), m_failOffset},
                 {QStringLiteral("problem"), toString(m_problem)}}};
    }

    void skipBlanks()
    {
        while (!atEnd() && (peek() == ' ' || peek() == '\t' || peek() == '\n' || peek() == '\r')) {
            ++m_at;
        }
    }

    bool readValue(JsonNode &node, const QString &pointer, int depth)
    {
        if (depth >= maxNesting && (peek() == '{' || peek() == '[')) {
            return fail(m_at, QStringLiteral("it is nested more than %1 levels deep").arg(maxNesting),
                        ProblemCode::TooDeep);
        }
        node.offset = m_at;
        if (atEnd()) {
            return fail(m_at, QStringLiteral("the text ends where a value is expected"));
        }
        switch (peek()) {
        case '{':
            return readObject(node, pointer, depth);
        case '[':
            return readArray(node, pointer, depth);
        case '"':
            node.kind = JsonNode::Kind::String;
            return readString(node.text);
        case 't':
            node.boolean = true;
            return readWord("true", node, JsonNode::Kind::Bool);
        case 'f':
            return readWord("false", node, JsonNode::Kind::Bool);
        case 'n':
            return readWord("null", node, JsonNode::Kind::Null);
        default:
            return readNumber(node);
        }
    }

    bool readWord(QByteArrayView word, JsonNode &node, JsonNode::Kind kind)
    {
        if (!m_bytes.sliced(m_at).startsWith(word)) {
            return fail(m_at, QStringLiteral("a value is expected here"));
        }
        node.kind = kind;
        m_at += word.size();
        return true;
    }

    qsizetype skipDigits()
    {
        const qsizetype start = m_at;
        while (isDigit(peek())) {
            ++m_at;
        }
        return m_at - start;
    }

    bool readNumber(JsonNode &node)
    {
        const qsizetype start = m_at;
        m_at += peek() == '-' ? 1 : 0;
        const bool leadingZero = peek() == '0';
        const qsizetype digits = skipDigits();
        if (digits == 0) {
            m_hint = hintForWord(m_bytes.sliced(start));
            return fail(start, QStringLiteral("a value is expected here"));
        }
        if (leadingZero && digits > 1) {
            return fail(start, QStringLiteral("a number may not begin with 0; write an octal mode as a string"));
        }
        if (peek() == '.') {
            ++m_at;
            if (skipDigits() == 0) {
                return fail(m_at, QStringLiteral("a digit is expected after the decimal point"));
            }
        }
        if (peek() == 'e' || peek() == 'E') {
            ++m_at;
            m_at += peek() == '+' || peek() == '-' ? 1 : 0;
            if (skipDigits() == 0) {
                return fail(m_at, QStringLiteral("a digit is expected in the exponent"));
            }
        }
        node.kind = JsonNode::Kind::Number;
        node.text = m_bytes.sliced(start, m_at - start).toByteArray();
        node.number = node.text.toDouble();
        return true;
    }

    bool readString(QByteArray &text)
    {
        const qsizetype start = m_at++;
        for (;;) {
            const qsizetype plainStart = m_at;
            while (!atEnd() && peek() != '"' && peek() != '\\' && static_cast<unsigned char>(peek()) >= 0x20) {
                ++m_at;
            }
            const QByteArrayView plain = m_bytes.sliced(plainStart, m_at - plainStart);
            if (!plain.isValidUtf8()) {
                return fail(plainStart + validUtf8Length(plain),
                            QStringLiteral("the string has bytes that are not UTF-8"), ProblemCode::InvalidUtf8);
            }
            text.append(plain);
            if (atEnd()) {
                return fail(start, QStringLiteral("the string that begins here has no end"));
            }
            if (peek() == '"') {
                ++m_at;
                return true;
            }
            if (peek() != '\\') {
                return fail(m_at, QStringLiteral("a control character in a string must be escaped (\\n, \\t, \\u…)"));
            }
            if (!readEscape(text)) {
                return false;
            }
        }
    }

    bool readEscape(QByteArray &text)
    {
        constexpr QByteArrayView letters("\"\\/bfnrt");
        constexpr QByteArrayView meanings("\"\\/\b\f\n\r\t");
        const qsizetype start = m_at++;
        const qsizetype simple = atEnd() ? -1 : letters.indexOf(peek());
        if (simple >= 0) {
            text += meanings[simple];
            ++m_at;
            return true;
        }
        if (peek() != 'u') {
            return fail(start, QStringLiteral("this escape does not exist in JSON"));
        }
        char32_t unit = 0;
        if (!readUnicodeEscape(start, unit)) {
            return false;
        }
        if (QChar::isHighSurrogate(unit) && m_bytes.sliced(m_at).startsWith("\\u")) {
            char32_t low = 0;
            ++m_at;
            if (!readUnicodeEscape(start, low)) {
                return false;
            }
            if (!QChar::isLowSurrogate(low)) {
                return fail(start, QStringLiteral("half of a surrogate pair is missing"), ProblemCode::LoneSurrogate);
            }
            unit = QChar::surrogateToUcs4(static_cast<char16_t>(unit), static_cast<char16_t>(low));
        } else if (QChar::isSurrogate(unit)) {
            return fail(start, QStringLiteral("half of a surrogate pair is missing"), ProblemCode::LoneSurrogate);
        }
        appendUtf8(text, unit);
        return true;
    }

    // At the 'u'.
    bool readUnicodeEscape(qsizetype start, char32_t &unit)
    {
        ++m_at;
        for (int i = 0; i < 4; ++i, ++m_at) {
            const int digit = atEnd() ? -1 : hexValue(peek());
            if (digit < 0) {
                return fail(start, QStringLiteral("\\u needs four hexadecimal digits"));
            }
            unit = unit * 16 + static_cast<char32_t>(digit);
        }
        return true;
    }

    bool readArray(JsonNode &node, const QString &pointer, int depth)
    {
        node.kind = JsonNode::Kind::Array;
        ++m_at;
        skipBlanks();
        if (peek() == ']') {
            ++m_at;
            return true;
        }
        for (;;) {
            JsonNode &item = node.items.emplace_back();
            skipBlanks();
            if (!readValue(item, pointerTo(pointer, static_cast<qsizetype>(node.items.size()) - 1), depth + 1)) {
                return false;
            }
            skipBlanks();
            if (peek() == ']') {
                ++m_at;
                return true;
            }
            if (peek() != ',') {
                return fail(m_at, QStringLiteral("a comma or ] is expected here"));
            }
            ++m_at;
        }
    }

    bool readObject(JsonNode &node, const QString &pointer, int depth)
    {
        node.kind = JsonNode::Kind::Object;
        ++m_at;
        skipBlanks();
        if (peek() == '}') {
            ++m_at;
            return true;
        }
        QSet<QByteArray> keys;
        for (;;) {
            skipBlanks();
            JsonMember member;
            member.keyOffset = m_at;
            if (peek() != '"') {
                return fail(m_at, QStringLiteral("a key in double quotes is expected here"));
            }
            if (!readString(member.key)) {
                return false;
            }
            skipBlanks();
            if (peek() != ':') {
                return fail(m_at, QStringLiteral("a colon is expected after the key"));
            }
            ++m_at;
            skipBlanks();
            const QString memberPointer = pointerTo(pointer, member.key);
            if (!readValue(member.value, memberPointer, depth + 1)) {
                return false;
            }
            if (keys.contains(member.key)) {
                m_duplicates.append({memberPointer, member.keyOffset});
            } else {
                keys.insert(member.key);
                node.members.push_back(std::move(member));
            }
            skipBlanks();
            if (peek() == '}') {
                ++m_at;
                return true;
            }
            if (peek() != ',') {
                return fail(m_at, QStringLiteral("a comma or } is expected here"));
            }
            ++m_at;
        }
    }

    QByteArrayView m_bytes;
    qsizetype m_at = 0;
    qsizetype m_failOffset = 0;
    QString m_failure;
    QString m_hint;
    ProblemCode m_problem = ProblemCode::Syntax;
    QList<DuplicateKey> &m_duplicates;
};

} // namespace

const JsonNode *JsonNode::find(QByteArrayView key) const
{
    const auto found =
        std::find_if(members.begin(), members.end(), [key](const JsonMember &member) { return member.key == key; });
    return found == members.end() ? nullptr : &found->value;
}

QString JsonNode::kindName() const
{
    switch (kind) {
    case Kind::Null:
        return QStringLiteral("null");
    case Kind::Bool:
        return QStringLiteral("true or false");
    case Kind::Number:
        return QStringLiteral("a number");
    case Kind::String:
        return QStringLiteral("a string");
    case Kind::Array:
        return QStringLiteral("a list");
    case Kind::Object:
        return QStringLiteral("an object");
    }
    return {};
}

QJsonValue JsonNode::toJsonValue() const
{
    switch (kind) {
    case Kind::Null:
        return QJsonValue::Null;
    case Kind::Bool:
        return boolean;
    case Kind::Number:
        return number;
    case Kind::String:
        return string();
    case Kind::Array: {
        QJsonArray array;
        for (const JsonNode &item : items) {
            array.append(item.toJsonValue());
        }
        return array;
    }
    case Kind::Object: {
        QJsonObject object;
        for (const JsonMember &member : members) {
            object.insert(textFromUtf8(member.key), member.value.toJsonValue());
        }
        return object;
    }
    }
    return {};
}

TextPosition positionAt(QByteArrayView text, qsizetype offset)
{
    const QByteArrayView before = text.first(std::min(offset, text.size()));
    const qsizetype lineStart = before.lastIndexOf('\n') + 1;
    return {static_cast<int>(std::count(before.begin(), before.end(), '\n')) + 1,
            static_cast<int>(before.size() - lineStart) + 1};
}

QString pointerTo(const QString &pointer, QByteArrayView key)
{
    QString token = textFromUtf8(key);
    token.replace(u'~', QLatin1String("~0")).replace(u'/', QLatin1String("~1"));
    return pointer + u'/' + token;
}

QString pointerTo(const QString &pointer, qsizetype index)
{
    return pointer + u'/' + QString::number(index);
}

Result<JsonNode> readJson(QByteArrayView bytes, QList<DuplicateKey> &duplicates)
{
    return JsonParser(bytes, duplicates).read();
}

} // namespace PatchPanel::Patch
