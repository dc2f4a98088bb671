#pragma once

#include "services/patch/hunklocator.h"

namespace PatchPanel::Patch {

// Compares lines of a diff with lines of a file, and nothing else. A view of the file, which must outlive it.
class LineMatcher {
public:
    LineMatcher(QByteArrayView file, LineMatch match)
        : m_file(file)
        , m_match(match)
    {
    }

    QByteArrayView file() const { return m_file; }
    LineMatch match() const { return m_match; }

    // How many bytes the line of the file at `start` has, when it is `line`; -1 when it is another. A line without
    // ending is only found at the end of the file.
    qsizetype lengthAt(qsizetype start, QByteArrayView line) const;

    // How many bytes the old lines of the hunk have at `start`, the first `skipBefore` and last `skipAfter` of them
    // left out; -1 when they do not stand there.
    qsizetype lengthAt(qsizetype start, const Hunk &hunk, int skipBefore, int skipAfter) const;

    // The same number for every two lines that match.
    quint64 hashOf(QByteArrayView line) const;

    // The line of the file at `start`, with its ending.
    QByteArrayView lineAt(qsizetype start) const;

private:
    QByteArrayView m_file;
    LineMatch m_match;
};

// The line without its blanks at the end (line ending included), every other run of blanks as one space.
QByteArray withFoldedBlanks(QByteArrayView line);

// Every line of `text` that has an ending ends in CR LF, and there is one.
bool isAllCrlf(QByteArrayView text);

} // namespace PatchPanel::Patch
