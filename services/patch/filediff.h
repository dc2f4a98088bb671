#pragma once

#include "services/patch/binarypatch.h"

#include <QByteArray>
#include <QList>
#include <QString>

#include <deque>
#include <memory>
#include <optional>

namespace PatchPanel::Patch {

// One line of a hunk: its bytes with the line ending, without the marker in front.
struct DiffLine {
    enum class Kind { Context, Add, Remove };
    Kind kind = Kind::Context;
    QByteArrayView text = {};
};

// The lines of a hunk, read from its text as they are asked for.
class HunkLines {
public:
    class Iterator {
    public:
        Iterator(const char *at, const char *end, bool reversed);
        const DiffLine &operator*() const { return m_line; }
        const DiffLine *operator->() const { return &m_line; }
        Iterator &operator++();
        bool operator==(const Iterator &other) const { return m_at == other.m_at; }

    private:
        void read();

        const char *m_at; // the marker of the line
        const char *m_next = nullptr;
        const char *m_end;
        bool m_reversed;
        DiffLine m_line = {};
    };

    HunkLines(QByteArrayView body, bool reversed)
        : m_body(body)
        , m_reversed(reversed)
    {
    }
    Iterator begin() const { return {m_body.begin(), m_body.end(), m_reversed}; }
    Iterator end() const { return {m_body.end(), m_body.end(), m_reversed}; }

private:
    QByteArrayView m_body;
    bool m_reversed;
};

// One hunk, as a view into the text of its diff.
struct Hunk {
    int oldStart = 0; // as stated, 1-based; 0 in a file that did not exist or was empty
    int oldCount = 0;
    int newStart = 0;
    int newCount = 0;
    int leadingContext = 0; // lines of context before the first change
    int trailingContext = 0; // after the last one
    int added = 0; // lines
    int removed = 0;
    int patchLine = 0; // of its header in the diff's text, 1-based
    bool oldEndsOpen = false; // its last old line has no line ending: it is the end of the file
    bool newEndsOpen = false;
    bool hasCrlf = false; // one of its lines ends in CR LF
    bool reversed = false;
    QByteArrayView body = {}; // lines of marker, text, '\n'; "\ No newline…" lines among them

    HunkLines lines() const { return {body, reversed}; }
    QByteArray oldText() const; // context and removed lines: what must stand there before
    QByteArray newText() const; // context and added lines: what stands there after
};

enum class DiffAction { Modify, Create, Delete, Rename, Copy };

// What a diff's hunks and names are views of.
struct DiffText {
    QByteArray text = {};
    std::deque<QByteArray> mended = {}; // bodies and names that the text does not hold as such
};

// The part of a diff that is about one file.
struct FileDiff {
    DiffAction action = DiffAction::Modify;
    QString oldPath = {}; // empty for Create
    QString newPath = {}; // empty for Delete
    std::optional<int> oldMode = {}; // as git writes it, with the file type: 0100644, 0120000
    std::optional<int> newMode = {};
    QList<Hunk> hunks = {};
    std::shared_ptr<const BinaryPatch> binary = {}; // instead of hunks
    QByteArrayView rawOld = {}; // the names as they stand in the headers
    QByteArrayView rawNew = {};
    QByteArrayView oldBlob = {}; // the ids of an "index" line, hexadecimal; empty: none
    QByteArrayView newBlob = {};
    int patch = 0; // which of several patches in one text it belongs to
    int patchLine = 0; // where it begins in the diff's text, 1-based
    std::shared_ptr<const DiffText> text = {};

    // The new path, or the old one of a Delete.
    const QString &path() const { return action == DiffAction::Delete ? oldPath : newPath; }
    // True when it writes, or once wrote, the target of a symbolic link.
    bool isSymlink() const;
    int added() const; // lines
    int removed() const;
};

// What undoes it.
Hunk reversed(Hunk hunk);
FileDiff reversed(const FileDiff &diff);

} // namespace PatchPanel::Patch
