#pragma once

#include "services/common/result.h"
#include "services/patch/blob.h"
#include "services/patch/workspacefile.h"

#include <QByteArray>
#include <QJsonObject>

#include <optional>

struct stat;
struct timespec;

namespace PatchPanel::Patch {

// How a file or symbolic link on the disk is known again: the same inode, time and size, else the same contents.
struct Identity {
    quint64 inode = 0;
    qint64 mtimeNs = 0;
    qint64 size = 0;
    int mode = 0;
    bool symlink = false;
    Fingerprint fingerprint = {}; // of the contents

    bool operator==(const Identity &) const = default;
};

qint64 nanoseconds(const struct timespec &time); // since the epoch

Identity identityOf(const FileState &state);
// Same contents, mode and type, wherever it stands.
bool sameContents(const Identity &left, const Identity &right);

bool isSameContents(const std::optional<Identity> &left, const std::optional<Identity> &right); // or both absent

// Whether `info` is still the file that was seen: inode, time of change and size.
bool isSameFile(const Identity &identity, const struct stat &info);

// Whether the name in the open folder is still that file; false for absence on either side.
bool isSameFileAt(int folder, const QByteArray &name, const std::optional<Identity> &identity);

// The name of the file that `path` leads to, for the kernel.
QByteArray lastPart(const QString &path);

// What stands at `path` now, absence when there is nothing. The contents are read only when the file is not plainly the
// one that is `expected`. Errors as WorkspaceRoot::read.
Result<std::optional<Identity>> lookAt(const WorkspaceRoot &root, const QString &path,
                                       const std::optional<Identity> &expected);

QJsonObject toJson(const std::optional<Identity> &identity); // empty object: absent
void appendJson(QByteArray &text, const std::optional<Identity> &identity); // the same, as text
std::optional<Identity> identityFromJson(const QJsonObject &object);

} // namespace PatchPanel::Patch
