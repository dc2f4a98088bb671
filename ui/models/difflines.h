#pragma once

#include <QByteArray>
#include <QList>
#include <QString>

namespace PatchPanel::Ui {

enum class DiffKind { Context, Added, Removed, Hunk, Note };

// One line of a unified diff as it is shown.
struct DiffLine {
    DiffKind kind = DiffKind::Context;
    int oldNumber = 0; // 0: not a line of the old file
    int newNumber = 0;
    QString text = {}; // without the leading '+', '-' or ' '

    bool operator==(const DiffLine &) const = default;
};

// Reads the unified diff of one file. File headers are left out, since the file's name stands beside the diff; header
// facts that it does not tell (renames, modes, binary files) become notes.
QList<DiffLine> readDiffLines(const QByteArray &diff);

} // namespace PatchPanel::Ui
