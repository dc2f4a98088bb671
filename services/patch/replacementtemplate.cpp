#include "services/patch/replacementtemplate.h"

#include <algorithm>

namespace PatchPanel::Patch {

namespace {

bool isDigit(char c)
{
    return c >= '0' && c <= '9';
}

struct Reference {
    QByteArray name; // digits or a group's name; "0" for $&; "$" for $$
    qsizetype length = 0; // of what was read; 0 when this is no reference
};

// What follows a '$'.
Reference referenceIn(QByteArrayView text)
{
    if (text.startsWith('$')) {
        return {"$", 1};
    }
    if (text.startsWith('&')) {
        return {"0", 1};
    }
    if (text.startsWith('{')) {
        const qsizetype close = text.indexOf('}');
        return close > 1 ? Reference{text.sliced(1, close - 1).toByteArray(), close + 1} : Reference{};
    }
    qsizetype digits = 0;
    while (digits < text.size() && digits < 2 && isDigit(text[digits])) {
        ++digits;
    }
    return {text.first(digits).toByteArray(), digits};
}

int groupNamed(const QByteArray &name, const BytePattern &pattern)
{
    const bool number = std::all_of(name.begin(), name.end(), isDigit);
    const int group = number ? name.toInt() : pattern.groupNumber(name);
    return group <= pattern.groupCount() ? group : -1;
}

} // namespace

Result<ReplacementTemplate> ReplacementTemplate::parse(const QByteArray &text, const BytePattern &pattern)
{
    ReplacementTemplate result;
    Piece literal;
    const auto flush = [&result, &literal] {
        if (!literal.text.isEmpty()) {
            result.m_pieces.append(literal);
            literal.text.clear();
        }
    };
    for (qsizetype at = 0; at < text.size(); ++at) {
        const Reference reference = text.at(at) == '$' ? referenceIn(QByteArrayView(text).sliced(at + 1)) : Reference{};
        if (reference.length == 0) {
            literal.text += text.at(at);
            continue;
        }
        at += reference.length;
        if (reference.name == "$") {
            literal.text += '$';
            continue;
        }
        int group = groupNamed(reference.name, pattern);
        QByteArray digitAfter;
        if (group < 0 && reference.name.size() == 2 && isDigit(reference.name.at(0)) && isDigit(reference.name.at(1))) {
            // $12 with fewer than 12 groups is group 1 and the digit 2.
            group = groupNamed(reference.name.first(1), pattern);
            digitAfter = reference.name.sliced(1);
        }
        if (group < 0) {
            return Error{ErrorCode::DoesNotApply,
                         QStringLiteral("The replacement names the group %1, which the pattern does not have.")
                             .arg(QString::fromUtf8(reference.name)),
                         QStringLiteral("Write $$ for a dollar sign.")};
        }
        flush();
        result.m_pieces.append({{}, group});
        literal.text += digitAfter;
    }
    flush();
    return result;
}

QByteArray ReplacementTemplate::expand(const PatternMatch &match) const
{
    QByteArray text;
    for (const Piece &piece : m_pieces) {
        text += piece.group < 0 ? piece.text : match.groups.value(piece.group);
    }
    return text;
}

QByteArray ReplacementTemplate::reversePattern() const
{
    QByteArray pattern;
    for (const Piece &piece : m_pieces) {
        if (piece.group >= 0) {
            pattern += "[^\\n]*?";
            continue;
        }
        for (const char c : piece.text) {
            pattern += "\\x{" + QByteArray::number(static_cast<unsigned char>(c), 16) + '}';
        }
    }
    return pattern;
}

bool ReplacementTemplate::hasGroups() const
{
    return std::any_of(m_pieces.begin(), m_pieces.end(), [](const Piece &piece) { return piece.group >= 0; });
}

bool ReplacementTemplate::hasText() const
{
    return std::any_of(m_pieces.begin(), m_pieces.end(), [](const Piece &piece) { return piece.group < 0; });
}

QByteArray fromPythonReplacement(const QByteArray &text)
{
    QByteArray result;
    for (qsizetype at = 0; at < text.size(); ++at) {
        const char c = text.at(at);
        if (c == '$') {
            result += "$$";
            continue;
        }
        if (c != '\\' || at + 1 == text.size()) {
            result += c;
            continue;
        }
        const char next = text.at(++at);
        const qsizetype close =
            next == 'g' && at + 1 < text.size() && text.at(at + 1) == '<' ? text.indexOf('>', at) : -1;
        if (close > 0) {
            result += "${" + text.mid(at + 2, close - at - 2) + '}';
            at = close;
        } else if (isDigit(next)) {
            qsizetype digits = 1;
            while (digits < 2 && at + digits < text.size() && isDigit(text.at(at + digits))) {
                ++digits;
            }
            result += "${" + text.mid(at, digits) + '}';
            at += digits - 1;
        } else if (next == 'n' || next == 't' || next == 'r') {
            result += next == 'n' ? '\n' : next == 't' ? '\t' : '\r';
        } else if (next == '\\') {
            result += '\\';
        } else {
            result += '\\';
            result += next;
        }
    }
    return result;
}

} // namespace PatchPanel::Patch
