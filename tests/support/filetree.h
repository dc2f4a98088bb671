#pragma once

#include <QByteArray>
#include <QMap>

namespace PatchPanel::Test {

struct TreeFile {
    enum class Kind { Regular, Executable, Symlink };
    Kind kind = Kind::Regular;
    QByteArray bytes = {}; // of a symbolic link: its target

    bool operator==(const TreeFile &other) const = default;
};

// A folder by value: what git keeps of it. Keys are paths as bytes.
using FileTree = QMap<QByteArray, TreeFile>;

// Makes `folder` and everything in `tree` below it. False when that failed.
bool writeTree(const QByteArray &folder, const FileTree &tree);

// Everything below `folder` but its .git and .patchpanel; anything that git does not keep (a FIFO, …) is left out.
FileTree readTree(const QByteArray &folder);

// For a failure's message: one line per file, its bytes escaped.
QByteArray describe(const FileTree &tree);

} // namespace PatchPanel::Test
