#include "services/patch/linematcher.h"

#include "services/patch/newline.h"

#include <cstring>
#include <xxhash.h>

namespace PatchPanel::Patch {

namespace {

bool isBlank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

QByteArrayView withoutEnding(QByteArrayView line)
{
    if (line.endsWith('\n')) {
        line.chop(1);
        if (line.endsWith('\r')) {
            line.chop(1);
        }
    }
    return line;
}

bool startsWithAt(QByteArrayView file, qsizetype start, QByteArrayView text)
{
    return file.size() - start >= text.size()
        && (text.isEmpty() || std::memcmp(file.data() + start, text.data(), static_cast<size_t>(text.size())) == 0);
}

quint64 hashOfBytes(QByteArrayView bytes, quint64 seed)
{
    return XXH3_64bits_withSeed(bytes.data(), static_cast<size_t>(bytes.size()), seed);
}

} // namespace

QByteArray withFoldedBlanks(QByteArrayView line)
{
    QByteArray folded;
    folded.reserve(line.size());
    bool inBlanks = false;
    for (const char c : line) {
        if (isBlank(c)) {
            inBlanks = true;
            continue;
        }
        if (inBlanks) {
            folded += ' ';
            inBlanks = false;
        }
        folded += c;
    }
    return folded;
}

bool isAllCrlf(QByteArrayView text)
{
    qsizetype newline = nextNewline(text, 0);
    if (newline < 0) {
        return false;
    }
    for (; newline >= 0; newline = nextNewline(text, newline + 1)) {
        if (newline == 0 || text[newline - 1] != '\r') {
            return false;
        }
    }
    return true;
}

QByteArrayView LineMatcher::lineAt(qsizetype start) const
{
    const qsizetype newline = nextNewline(m_file, start);
    return newline < 0 ? m_file.sliced(start) : m_file.sliced(start, newline + 1 - start);
}

qsizetype LineMatcher::lengthAt(qsizetype start, QByteArrayView line) const
{
    const bool ended = line.endsWith('\n');
    switch (m_match) {
    case LineMatch::Exact: {
        const bool same = startsWithAt(m_file, start, line) && (ended || start + line.size() == m_file.size());
        return same ? line.size() : -1;
    }
    case LineMatch::Crlf: {
        const QByteArrayView text = ended ? line.chopped(1) : line;
        const bool same = startsWithAt(m_file, start, text)
            && (ended ? startsWithAt(m_file, start + text.size(), "\r\n") : start + text.size() == m_file.size());
        return same ? text.size() + (ended ? 2 : 0) : -1;
    }
    case LineMatch::IgnoreWhitespace:
        break;
    }
    if (start >= m_file.size()) {
        return -1;
    }
    const QByteArrayView found = lineAt(start);
    return withFoldedBlanks(found) == withFoldedBlanks(line) ? found.size() : -1;
}

qsizetype LineMatcher::lengthAt(qsizetype start, const Hunk &hunk, int skipBefore, int skipAfter) const
{
    const int end = hunk.oldCount - skipAfter;
    qsizetype at = start;
    int number = 0;
    for (const DiffLine &line : hunk.lines()) {
        if (line.kind == DiffLine::Kind::Add) {
            continue;
        }
        if (number >= skipBefore && number < end) {
            const qsizetype length = lengthAt(at, line.text);
            if (length < 0) {
                return -1;
            }
            at += length;
        }
        ++number;
    }
    return at - start;
}

quint64 LineMatcher::hashOf(QByteArrayView line) const
{
    switch (m_match) {
    case LineMatch::Exact:
        return hashOfBytes(line, 0);
    case LineMatch::Crlf:
        return hashOfBytes(withoutEnding(line), line.endsWith('\n') ? 1 : 0);
    case LineMatch::IgnoreWhitespace:
        break;
    }
    return hashOfBytes(withFoldedBlanks(line), 0);
}

} // namespace PatchPanel::Patch
