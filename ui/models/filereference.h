#pragma once

#include "services/common/result.h"

#include <QString>

#include <optional>

namespace PatchPanel::Ui {

// A place in a file, as compilers and test programs name it: "src/net.cpp:88:12".
struct FileReference {
    QString path;
    int line = 0; // from 1
    int column = 0; // from 1; 0: none was named

    QString toText() const; // "src/net.cpp:88"
    bool operator==(const FileReference &) const = default;
};

// The one at that character of a line, else the first one. Times, addresses and URLs are none.
std::optional<FileReference> fileReferenceIn(const QString &line, qsizetype column);

// The file of that path, absolute or relative to the workspace, without symbolic links. NotFound when there is no such
// file, or when it is not beneath the workspace. Looks at the disk.
Result<QString> fileBeneath(const QString &workspace, const QString &path);

} // namespace PatchPanel::Ui
