#pragma once

#include <QByteArray>

#include <vector>

namespace PatchPanel::Ui {

enum class DiffKind { Context, Added, Removed, Hunk, Note };

// One line of a unified diff.
struct DiffLine {
    DiffKind kind = DiffKind::Context;
    int oldNumber = 0; // 0: not a line of the old file
    int newNumber = 0;
    QByteArrayView text = {}; // without the leading '+', '-' or ' ', and without the line break
    int pair = -1; // index of the line that replaces it, or that it replaces; -1: none

    bool isChange() const { return kind == DiffKind::Added || kind == DiffKind::Removed; }
};

// One hunk; its numbers are those of its header.
struct DiffHunk {
    int header = 0; // index of its first line
    int end = 0; // of the line behind its last one
    int oldStart = 0;
    int oldCount = 0;
    int newStart = 0;
    int newCount = 0;
    QByteArrayView section = {}; // what stands behind the second "@@"
    QByteArrayView bytes = {}; // the whole hunk as it stands in the diff

    // The first line, and the one behind the last: a hunk without lines on a side names the line before it.
    int oldBegin() const { return oldCount > 0 ? oldStart : oldStart + 1; }
    int oldEnd() const { return oldBegin() + oldCount; }
    int newBegin() const { return newCount > 0 ? newStart : newStart + 1; }
    int newEnd() const { return newBegin() + newCount; }
};

// The unified diff of one file, read. The views are of `text`, which nothing may change.
struct Diff {
    QByteArray text = {};
    std::vector<DiffLine> lines = {};
    std::vector<DiffHunk> hunks = {};
    int changed = 0; // lines
};

// Reads the unified diff of one file. File headers are left out, since the file's name stands beside the diff; header
// facts that it does not tell (renames, modes, binary files) become notes. Pure; any thread.
Diff readDiff(const QByteArray &text);

} // namespace PatchPanel::Ui
