#pragma once

#include <QByteArray>
#include <QList>
#include <QString>

#include <optional>

namespace PatchPanel::Patch {

// One line of a hunk: its bytes with the line ending, without the marker in front.
struct DiffLine {
    enum class Kind { Context, Add, Remove };
    Kind kind = Kind::Context;
    QByteArray text = {};
};

struct Hunk {
    int oldStart = 0; // as stated, 1-based; 0 in a file that did not exist or was empty
    int oldCount = 0;
    int newStart = 0;
    int newCount = 0;
    QList<DiffLine> lines = {};
    int patchLine = 0; // of its header in the diff's text, 1-based

    QList<QByteArray> oldLines() const; // context and removed lines: what must stand there before
    QList<QByteArray> newLines() const; // context and added lines: what stands there after
    int leadingContext() const; // lines
    int trailingContext() const;
};

enum class DiffAction { Modify, Create, Delete, Rename, Copy };

// What a diff says about one file.
struct FileDiff {
    DiffAction action = DiffAction::Modify;
    QString oldPath = {}; // empty for Create
    QString newPath = {}; // empty for Delete. May differ from oldPath for Modify: whichever exists is meant
    std::optional<int> oldMode = {}; // as git writes it, with the file type: 0100644, 0120000
    std::optional<int> newMode = {};
    QList<Hunk> hunks = {};
    int patchLine = 0; // where it begins in the diff's text, 1-based

    // The new path, or the old one of a Delete.
    const QString &path() const { return action == DiffAction::Delete ? oldPath : newPath; }
    // True when it writes, or once wrote, the target of a symbolic link.
    bool isSymlink() const;
};

// The diff that undoes `diff`.
FileDiff reversed(const FileDiff &diff);

} // namespace PatchPanel::Patch
