#pragma once

#include "tests/support/filetree.h"

#include <QList>
#include <QString>

namespace PatchPanel::Test {

// What one hunk wants to stand in a file, and what it leaves.
struct PlainHunk {
    int oldStart = 0;
    int newStart = 0;
    QList<QByteArray> oldLines = {};
    QList<QByteArray> newLines = {};
    int before = 0; // context lines at its start
    int after = 0;

    PlainHunk reversed() const;
};

// What a diff that git wrote says of one file.
struct PlainSection {
    QByteArray oldPath = {}; // empty: the file is created
    QByteArray newPath = {}; // empty: the file is deleted
    bool copies = false;
    bool binary = false;
    int oldMode = 0; // 0: not told
    int newMode = 0;
    QList<PlainHunk> hunks = {};
};

// A reader for git's own output and nothing else, kept apart from the product's on purpose.
QList<PlainSection> sectionsOf(const QByteArray &gitDiff);

// Where the hunks of a file fit, found by trying every line.
struct Placement {
    bool somewhere = false; // each hunk has at least one place, and lines that say so
    bool plural = false; // some hunk has several places
    bool decided = false; // each hunk stands at its stated place (plus the offset so far), or has one place only
    bool asStated = false; // each hunk stands at the line that its header names
    bool beyondDoubt = false; // decided, and no other reading of the rules, such as git's, can lead elsewhere
    QByteArray result = {}; // when decided
};

Placement placed(const QByteArray &text, const QList<PlainHunk> &hunks);

// What the rules of the patch engine allow for a whole diff on a tree.
struct Allowed {
    bool mustApply = false; // every hunk's place is beyond doubt, and nothing stands there already
    bool mayApply = false; // every hunk's place is decided: `result` is the tree then
    bool mayBeAmbiguous = false; // some hunk has several places, or some file fits forwards and backwards
    bool mayBeNoop = false; // every file fits backwards
    bool forwardStated = false; // every hunk fits at the line that its header names
    bool backwardStated = false; // every hunk's reverse does
    bool backwardBeyondDoubt = false; // every hunk's reverse has one place
    bool namesLinkWithoutMode = false; // a symbolic link is moved or copied, or meets a diff of a regular file
    bool mayBeHalfApplied = false; // some, not all, files fit backwards
    FileTree result = {};
};

Allowed allowedFor(const FileTree &tree, const QList<PlainSection> &sections);

// `text` after the first of several hunks only, at their stated places.
QByteArray halfPatched(const QByteArray &text, const QList<PlainHunk> &hunks);

} // namespace PatchPanel::Test
