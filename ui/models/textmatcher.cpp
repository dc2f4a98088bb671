#include "ui/models/textmatcher.h"

#include <QCoreApplication>

#include <algorithm>
#include <array>
#include <cstring>

namespace PatchPanel::Ui {

namespace {

constexpr qsizetype width = 16;
using Bytes [[gnu::vector_size(width)]] = unsigned char;

Bytes load(const char *from)
{
    Bytes bytes;
    std::memcpy(&bytes, from, sizeof bytes);
    return bytes;
}

bool isAsciiLetter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool isAscii(QByteArrayView text)
{
    return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

} // namespace

TextMatcher::TextMatcher(const QString &pattern, Options options)
{
    const bool ignoresCase = !options.testFlag(CaseSensitive);
    const QByteArray utf8 = pattern.toUtf8();
    if (!options.testFlag(Regex) && (!ignoresCase || isAscii(utf8))) {
        for (const char c : utf8) {
            const unsigned char ignored = ignoresCase && isAsciiLetter(c) ? 0x20 : 0;
            m_needle.push_back({ignored, static_cast<unsigned char>(static_cast<unsigned char>(c) | ignored)});
        }
        return;
    }
    m_expression.setPattern(options.testFlag(Regex) ? pattern : QRegularExpression::escape(pattern));
    m_expression.setPatternOptions(ignoresCase ? QRegularExpression::CaseInsensitiveOption
                                               : QRegularExpression::NoPatternOption);
}

QString TextMatcher::problem() const
{
    if (!isRegex() || m_expression.isValid()) {
        return {};
    }
    return QCoreApplication::translate("TextMatcher", "%1 at character %2")
        .arg(m_expression.errorString())
        .arg(m_expression.patternErrorOffset());
}

std::optional<qsizetype> TextMatcher::count(QByteArrayView utf8) const
{
    qsizetype found = 0;
    if (!isRegex()) {
        const auto length = static_cast<qsizetype>(m_needle.size());
        for (qsizetype at = indexOf(utf8, 0); at >= 0; at = indexOf(utf8, at + length)) {
            ++found;
        }
        return found;
    }
    const QString line = QString::fromUtf8(utf8);
    QRegularExpressionMatchIterator matches = m_expression.globalMatch(line);
    qsizetype end = 0;
    while (matches.hasNext()) {
        const QRegularExpressionMatch match = matches.next();
        found += match.capturedLength() > 0 ? 1 : 0;
        end = match.capturedEnd();
    }
    // Behind a match at the line's end nothing is tried; elsewhere it ended at PCRE2's match limit: anything else would
    // be a wrong count.
    if (!matches.isValid() && end < line.size()) {
        return std::nullopt;
    }
    return found;
}

bool TextMatcher::isIn(QByteArrayView utf8) const
{
    return isRegex() ? count(utf8).value_or(0) > 0 : indexOf(utf8, 0) >= 0;
}

std::vector<TextMatcher::Span> TextMatcher::matches(const QString &line) const
{
    std::vector<Span> spans;
    if (isRegex()) {
        QRegularExpressionMatchIterator found = m_expression.globalMatch(line);
        while (found.hasNext()) {
            const QRegularExpressionMatch match = found.next();
            if (match.capturedLength() > 0) {
                spans.push_back({match.capturedStart(), match.capturedLength()});
            }
        }
        return spans;
    }
    const QByteArray utf8 = line.toUtf8();
    const auto length = static_cast<qsizetype>(m_needle.size());
    qsizetype column = 0; // of `counted`
    qsizetype counted = 0; // bytes
    const auto columnOf = [&](qsizetype at) {
        column += utf8.size() == line.size()
            ? at - counted
            : QString::fromUtf8(QByteArrayView(utf8).sliced(counted, at - counted)).size();
        counted = at;
        return column;
    };
    for (qsizetype at = indexOf(utf8, 0); at >= 0; at = indexOf(utf8, at + length)) {
        const qsizetype begin = columnOf(at);
        spans.push_back({begin, columnOf(at + length) - begin});
    }
    return spans;
}

// Looks where the first and the last byte fit, a register at a time (W. Muła, "SIMD-friendly algorithms for substring
// searching").
qsizetype TextMatcher::indexOf(QByteArrayView text, qsizetype from) const
{
    const auto length = static_cast<qsizetype>(m_needle.size());
    const qsizetype last = text.size() - length; // the last place where it can begin
    const Letter head = m_needle.front();
    const Letter tail = m_needle.back();
    const char *data = text.data();
    for (qsizetype at = from; at <= last; at += width) {
        const qsizetype begin = std::min(at, last - width + 1); // the last register may begin in the one before it
        if (begin < 0) {
            break;
        }
        const Bytes heads = load(data + begin) | head.ignored;
        const Bytes tails = load(data + begin + length - 1) | tail.ignored;
        const auto fits = (heads == head.value) & (tails == tail.value);
        std::array<quint64, 2> halves;
        std::memcpy(halves.data(), &fits, sizeof halves);
        if ((halves[0] | halves[1]) == 0) {
            continue;
        }
        for (qsizetype i = at - begin; i < width; ++i) {
            if (fits[i] != 0 && matchesAt(data + begin + i)) {
                return begin + i;
            }
        }
    }
    if (last >= width - 1) {
        return -1;
    }
    for (qsizetype at = from; at <= last; ++at) { // shorter than a register
        if (matchesAt(data + at)) {
            return at;
        }
    }
    return -1;
}

bool TextMatcher::matchesAt(const char *at) const
{
    return std::all_of(m_needle.begin(), m_needle.end(), [&at](Letter letter) {
        return (static_cast<unsigned char>(*at++) | letter.ignored) == letter.value;
    });
}

} // namespace PatchPanel::Ui
