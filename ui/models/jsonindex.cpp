#include "ui/models/jsonindex.h"

#include "ui/models/textmatcher.h"

#include <QCoreApplication>

#include <algorithm>
#include <array>
#include <limits>

namespace PatchPanel::Ui {

namespace {

constexpr std::size_t deepest = 10'000; // containers within containers

bool isDigit(char c)
{
    return c >= '0' && c <= '9';
}

// Bytes that end the plain part of a string: quotes, backslashes, controls.
constexpr std::array<bool, 256> endsPlainPart = [] {
    std::array<bool, 256> ends{};
    for (std::size_t c = 0; c < 0x20; ++c) {
        ends[c] = true;
    }
    ends['"'] = true;
    ends['\\'] = true;
    return ends;
}();

JsonProblem problemAt(QByteArrayView text, qsizetype offset, const QString &message)
{
    const QByteArrayView before = text.first(offset);
    const qsizetype lineStart = before.lastIndexOf('\n') + 1;
    return {static_cast<int>(std::count(before.begin(), before.end(), '\n')) + 1,
            QString::fromUtf8(before.sliced(lineStart)).size() + 1, message};
}

class Indexer {
    Q_DECLARE_TR_FUNCTIONS(PatchPanel::Ui::Indexer)
public:
    explicit Indexer(JsonIndex &index)
        : m_index(index)
        , m_nodes(index.nodes)
        , m_text(index.text)
    {
        constexpr qsizetype usualValue = 24; // bytes
        m_nodes.reserve(
            std::min<std::size_t>(JsonIndex::mostNodes, static_cast<std::size_t>(m_text.size() / usualValue)));
    }

    void run()
    {
        if (m_text.size() > std::numeric_limits<quint32>::max()) {
            fail(tr("more than 4 GiB"));
        } else if (readAll()) {
            return;
        }
        m_nodes.clear();
        m_nodes.shrink_to_fit();
    }

private:
    bool readAll()
    {
        skipBlanks();
        quint32 key = 0;
        do {
            m_hasOpened = false;
            if (!readValue(key) || (!m_hasOpened && !closeContainers())) {
                return false;
            }
            key = 0;
            if (!m_open.empty() && isObject(m_open.back()) && !readKey(key)) {
                return false;
            }
        } while (!m_open.empty());
        return m_at == m_text.size() || fail(tr("the document ends here, but text follows"));
    }

    bool fail(const QString &message)
    {
        m_index.problem = problemAt(m_text, std::min(m_at, m_text.size()), message);
        return false;
    }

    char now() const { return m_at < m_text.size() ? m_text[m_at] : '\0'; }
    bool isObject(quint32 node) const { return m_text[m_nodes[node].begin] == '{'; }

    void skipBlanks()
    {
        while (m_at < m_text.size() && (now() == ' ' || now() == '\n' || now() == '\r' || now() == '\t')) {
            ++m_at;
        }
    }

    // A scalar, an empty container, or the beginning of another one.
    bool readValue(quint32 key)
    {
        if (m_nodes.size() >= JsonIndex::mostNodes) {
            return fail(tr("more than %1 values").arg(JsonIndex::mostNodes));
        }
        const auto node = static_cast<quint32>(m_nodes.size());
        m_nodes.push_back({.key = key, .begin = static_cast<quint32>(m_at), .next = node + 1});
        if (!m_open.empty()) {
            ++m_nodes[m_open.back()].children;
        }
        const char first = now();
        if (first == '{' || first == '[') {
            return openContainer(node);
        }
        if (!readScalar(first)) {
            return false;
        }
        m_nodes[node].end = static_cast<quint32>(m_at);
        return true;
    }

    bool openContainer(quint32 node)
    {
        const char closing = now() == '{' ? '}' : ']';
        ++m_at;
        skipBlanks();
        if (now() == closing) {
            ++m_at;
            m_nodes[node].end = static_cast<quint32>(m_at);
            return true;
        }
        if (m_open.size() >= deepest) {
            return fail(tr("more than %1 levels").arg(deepest));
        }
        m_open.push_back(node);
        m_hasOpened = true;
        return true;
    }

    bool readScalar(char first)
    {
        switch (first) {
        case '"':
            return readString();
        case 't':
            return readWord("true");
        case 'f':
            return readWord("false");
        case 'n':
            return readWord("null");
        default:
            break;
        }
        if (first == '-' || isDigit(first)) {
            return readNumber();
        }
        return fail(m_at >= m_text.size() ? tr("the text ends where a value was expected")
                                          : tr("a value was expected"));
    }

    // Behind a value: closes what ends there, and goes behind the comma before the next one.
    bool closeContainers()
    {
        while (true) {
            skipBlanks();
            if (m_open.empty()) {
                return true;
            }
            const quint32 node = m_open.back();
            const char closing = isObject(node) ? '}' : ']';
            if (now() == ',') {
                ++m_at;
                skipBlanks();
                return true;
            }
            if (now() != closing) {
                return fail(tr("a comma or “%1” was expected").arg(QLatin1Char(closing)));
            }
            ++m_at;
            m_nodes[node].end = static_cast<quint32>(m_at);
            m_nodes[node].next = static_cast<quint32>(m_nodes.size());
            m_open.pop_back();
        }
    }

    bool readKey(quint32 &key)
    {
        if (now() != '"') {
            return fail(tr("a name in quotes was expected"));
        }
        key = static_cast<quint32>(m_at);
        if (!readString()) {
            return false;
        }
        skipBlanks();
        if (now() != ':') {
            return fail(tr("a colon was expected"));
        }
        ++m_at;
        skipBlanks();
        return true;
    }

    bool readString()
    {
        const qsizetype start = m_at++;
        while (true) {
            while (m_at < m_text.size() && !endsPlainPart[static_cast<unsigned char>(m_text[m_at])]) {
                ++m_at;
            }
            if (m_at >= m_text.size()) {
                m_at = start;
                return fail(tr("this string has no end"));
            }
            if (m_text[m_at] == '"') {
                ++m_at;
                return true;
            }
            if (m_text[m_at] != '\\') {
                return fail(tr("a control character in a string"));
            }
            if (!readEscape()) {
                return fail(tr("an escape that JSON does not know"));
            }
        }
    }

    bool readEscape()
    {
        const char kind = m_at + 1 < m_text.size() ? m_text[m_at + 1] : '\0';
        if (kind == 'u') {
            const QByteArrayView digits = m_text.sliced(m_at + 2, std::min<qsizetype>(4, m_text.size() - m_at - 2));
            const bool areHex = std::all_of(digits.begin(), digits.end(), [](char c) {
                return isDigit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
            });
            if (digits.size() < 4 || !areHex) {
                return false;
            }
            m_at += 6;
            return true;
        }
        if (kind == '\0' || !QByteArrayView("\"\\/bfnrt").contains(kind)) {
            return false;
        }
        m_at += 2;
        return true;
    }

    bool readWord(QByteArrayView word)
    {
        if (!m_text.sliced(m_at).startsWith(word)) {
            return fail(tr("a value was expected"));
        }
        m_at += word.size();
        return true;
    }

    bool readDigits()
    {
        const qsizetype start = m_at;
        while (isDigit(now())) {
            ++m_at;
        }
        return m_at > start || fail(tr("a digit was expected"));
    }

    bool readNumber()
    {
        if (now() == '-') {
            ++m_at;
        }
        if (now() == '0') {
            ++m_at;
        } else if (!readDigits()) {
            return false;
        }
        if (now() == '.') {
            ++m_at;
            if (!readDigits()) {
                return false;
            }
        }
        if (now() == 'e' || now() == 'E') {
            ++m_at;
            if (now() == '+' || now() == '-') {
                ++m_at;
            }
            return readDigits();
        }
        return true;
    }

    JsonIndex &m_index;
    std::vector<JsonNode> &m_nodes;
    QByteArrayView m_text;
    qsizetype m_at = 0;
    std::vector<quint32> m_open; // the containers around m_at
    bool m_hasOpened = false; // the value read last is a container, and m_at is in it
};

// The bytes between the quotes of the string that begins at `quote`.
QByteArrayView insideOf(QByteArrayView text, quint32 quote)
{
    qsizetype end = quote + 1;
    while (text[end] != '"') {
        end += text[end] == '\\' ? 2 : 1;
    }
    return text.sliced(quote + 1, end - quote - 1);
}

char16_t shortEscape(char kind)
{
    switch (kind) {
    case 'b':
        return u'\b';
    case 'f':
        return u'\f';
    case 'n':
        return u'\n';
    case 'r':
        return u'\r';
    case 't':
        return u'\t';
    default:
        return static_cast<unsigned char>(kind);
    }
}

} // namespace

QString JsonProblem::toString() const
{
    return QCoreApplication::translate("PatchPanel::Ui::JsonProblem", "line %1, column %2: %3")
        .arg(line)
        .arg(column)
        .arg(message);
}

JsonType JsonIndex::typeOf(quint32 index) const
{
    switch (text[node(index).begin]) {
    case '{':
        return JsonType::Object;
    case '[':
        return JsonType::Array;
    case '"':
        return JsonType::String;
    case 't':
    case 'f':
        return JsonType::Bool;
    case 'n':
        return JsonType::Null;
    default:
        return JsonType::Number;
    }
}

QByteArrayView JsonIndex::bytesOf(quint32 index) const
{
    const JsonNode &value = node(index);
    return QByteArrayView(text).sliced(value.begin, value.end - value.begin);
}

QString JsonIndex::keyOf(quint32 index) const
{
    const quint32 key = node(index).key;
    return key > 0 ? decodedJson(insideOf(text, key)) : QString();
}

QString JsonIndex::valueOf(quint32 index) const
{
    const QByteArrayView bytes = bytesOf(index);
    return bytes.startsWith('"') ? decodedJson(bytes.sliced(1, bytes.size() - 2)) : QString::fromUtf8(bytes);
}

QString JsonIndex::beginningOf(quint32 index, qsizetype characters) const
{
    constexpr qsizetype longestCharacter = 6; // bytes: "\u00e9"
    const QByteArrayView bytes = bytesOf(index);
    if (bytes.size() <= characters * longestCharacter) {
        return valueOf(index).left(characters);
    }
    const QByteArrayView beginning = bytes.first(characters * longestCharacter + 1);
    return (bytes.startsWith('"') ? decodedJson(beginning.sliced(1)) : QString::fromUtf8(beginning)).left(characters);
}

JsonIndex indexJson(const QByteArray &text)
{
    JsonIndex index{.text = text};
    Indexer(index).run();
    return index;
}

QString decodedJson(QByteArrayView inside)
{
    if (!inside.contains('\\')) {
        return QString::fromUtf8(inside);
    }
    QString decoded;
    for (qsizetype at = 0; at < inside.size();) {
        const qsizetype slash = inside.indexOf('\\', at);
        const qsizetype end = slash < 0 ? inside.size() : slash;
        decoded += QString::fromUtf8(inside.sliced(at, end - at));
        if (end + 1 >= inside.size()) {
            break;
        }
        if (inside[end + 1] != 'u') {
            decoded += QChar(shortEscape(inside[end + 1]));
            at = end + 2;
        } else if (end + 6 <= inside.size()) {
            decoded += QChar(inside.sliced(end + 2, 4).toByteArray().toUShort(nullptr, 16));
            at = end + 6;
        } else {
            break;
        }
    }
    return decoded;
}

std::vector<JsonMatches::Shown>::const_iterator JsonMatches::from(quint32 node) const
{
    return std::lower_bound(shown.begin(), shown.end(), node,
                            [](const Shown &entry, quint32 wanted) { return entry.node < wanted; });
}

JsonMatches findKeys(const JsonIndex &index, const QString &part)
{
    struct Container {
        JsonMatches::Shown itself;
        quint32 next;
        quint32 position = 0; // of its next child
        bool isShown = false;
    };
    const TextMatcher matcher(part, TextMatcher::Plain);
    JsonMatches found;
    std::vector<Container> open;
    for (quint32 node = 0; node < index.nodes.size(); ++node) {
        while (!open.empty() && open.back().next <= node) {
            open.pop_back();
        }
        const JsonMatches::Shown entry{node, open.empty() ? 0 : open.back().position++};
        bool matches = false;
        if (const quint32 key = index.node(node).key; key > 0) {
            const QByteArrayView name = insideOf(index.text, key);
            matches = name.contains('\\') ? matcher.count(decodedJson(name).toUtf8()).value_or(0) > 0
                                          : matcher.count(name).value_or(0) > 0;
        }
        if (matches && found.matches == JsonMatches::mostMatches) {
            found.isCut = true;
            break;
        }
        if (matches) {
            for (Container &container : open) {
                if (!container.isShown) {
                    found.shown.push_back(container.itself);
                    container.isShown = true;
                }
            }
            found.shown.push_back({entry.node, entry.position, true});
            ++found.matches;
        }
        if (index.isContainer(node)) {
            open.push_back({entry, index.node(node).next, 0, matches});
        }
    }
    return found;
}

} // namespace PatchPanel::Ui
