#include "services/patch/jsonreader.h"
#include "tests/fuzz/fuzzing.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QRegularExpression>
#include <QStringDecoder>

#include <algorithm>

using namespace PatchPanel;
using Patch::JsonNode;

namespace {

constexpr int maxNesting = 64;

// The grammar of RFC 8259 once more, as a pattern; halves of surrogate pairs are refused, as the reader does.
const QRegularExpression &grammar()
{
    static const QRegularExpression pattern(
        QStringLiteral("(?(DEFINE)"
                       "(?<blank>[ \\t\\n\\r]*+)"
                       "(?<number>-?(?:0|[1-9][0-9]*+)(?:\\.[0-9]++)?(?:[eE][+-]?[0-9]++)?)"
                       "(?<pair>\\\\u[dD][89abAB][0-9a-fA-F]{2}\\\\u[dD][c-fC-F][0-9a-fA-F]{2})"
                       "(?<unit>\\\\u(?:[0-9a-cefA-CEF][0-9a-fA-F]|[dD][0-7])[0-9a-fA-F]{2})"
                       "(?<string>\"(?:[^\"\\\\\\x00-\\x1f]|\\\\[\"\\\\/bfnrt]|(?&unit)|(?&pair))*+\")"
                       "(?<item>(?&blank)(?&value)(?&blank))"
                       "(?<member>(?&blank)(?&string)(?&blank):(?&item))"
                       "(?<array>\\[(?:(?&blank)|(?&item)(?:,(?&item))*+)\\])"
                       "(?<object>\\{(?:(?&blank)|(?&member)(?:,(?&member))*+)\\})"
                       "(?<value>(?>true|false|null|(?&number)|(?&string)|(?&array)|(?&object)))"
                       ")\\A(?&item)\\z"));
    Fuzz::require(pattern.isValid());
    return pattern;
}

// Of a text that the grammar allows.
int nestingOf(QByteArrayView text)
{
    int depth = 0;
    int deepest = 0;
    bool inString = false;
    for (qsizetype i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (inString) {
            i += c == '\\' ? 1 : 0;
            inString = c != '"';
            continue;
        }
        inString = c == '"';
        depth += c == '[' || c == '{' ? 1 : c == ']' || c == '}' ? -1 : 0;
        deepest = std::max(deepest, depth);
    }
    return deepest;
}

// Nothing when the text is too much for the pattern.
std::optional<bool> isJson(QByteArrayView bytes)
{
    const QByteArrayView text = bytes.startsWith("\xef\xbb\xbf") ? bytes.sliced(3) : bytes;
    if (!text.isValidUtf8()) {
        return false;
    }
    // As code units of its own: QString::fromUtf8 would skip a second byte order mark.
    const QString units = QStringDecoder(QStringDecoder::Utf8, QStringDecoder::Flag::ConvertInitialBom).decode(text);
    const QRegularExpressionMatch match = grammar().match(units);
    if (!match.isValid()) {
        return std::nullopt;
    }
    return match.hasMatch() && nestingOf(text) <= maxNesting;
}

bool sameValue(const JsonNode &ours, const QJsonValue &theirs)
{
    switch (ours.kind) {
    case JsonNode::Kind::Null:
        return theirs.isNull();
    case JsonNode::Kind::Bool:
        return theirs.isBool() && theirs.toBool() == ours.boolean;
    case JsonNode::Kind::Number:
        return theirs.isDouble() && theirs.toDouble() == ours.number;
    case JsonNode::Kind::String:
        return theirs.isString() && theirs.toString() == ours.string();
    case JsonNode::Kind::Array: {
        const QJsonArray array = theirs.toArray();
        return theirs.isArray()
            && std::equal(ours.items.begin(), ours.items.end(), array.begin(), array.end(), sameValue);
    }
    case JsonNode::Kind::Object: {
        const QJsonObject object = theirs.toObject();
        return theirs.isObject() && static_cast<qsizetype>(ours.members.size()) == object.size()
            && std::all_of(ours.members.begin(), ours.members.end(), [&object](const Patch::JsonMember &member) {
                   return sameValue(member.value, object.value(textFromUtf8(member.key)));
               });
    }
    }
    return false;
}

// A byte order mark that is part of a string: Qt drops those at the start.
bool hasMark(QByteArrayView bytes)
{
    return bytes.lastIndexOf("\xef\xbb\xbf") > 0 || bytes.toByteArray().toLower().contains("\\ufeff");
}

} // namespace

// The reader takes what the grammar of JSON allows and nothing else, and finds the values in it that Qt's
// finds. (Qt's reads lists and objects only, and numbers up to the largest double.)
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const QByteArrayView bytes = Fuzz::viewOf(data, size);
    QList<Patch::DuplicateKey> duplicates;
    const auto ours = Patch::readJson(bytes, duplicates);
    const std::optional<bool> valid = isJson(bytes);
    Fuzz::require(!valid || *valid == ours.ok());
    if (!ours) {
        Fuzz::requireClear(ours.error());
        const qint64 offset = ours.error().details.value(QStringLiteral("offset")).toInteger(-1);
        Fuzz::require(offset >= 0 && offset <= bytes.size());
        return 0;
    }
    if (!duplicates.isEmpty()) {
        return 0; // Qt takes the last one
    }
    Fuzz::require(sameValue(*ours, ours->toJsonValue()));
    QJsonParseError failure{};
    const QJsonDocument theirs = QJsonDocument::fromJson(bytes.toByteArray(), &failure);
    if (failure.error == QJsonParseError::NoError && !hasMark(bytes)) {
        Fuzz::require(sameValue(*ours, theirs.isArray() ? QJsonValue(theirs.array()) : QJsonValue(theirs.object())));
    }
    return 0;
}
