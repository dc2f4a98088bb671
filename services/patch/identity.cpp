#include "services/patch/identity.h"

#include "services/patch/descriptor.h"

#include <QJsonDocument>

#include <algorithm>
#include <array>
#include <charconv>
#include <fcntl.h>
#include <sys/stat.h>

namespace PatchPanel::Patch {

namespace {

// Numbers by hand: a plan of thousands of paths is written on the way of its run.
template <typename Number> void appendNumber(QByteArray &text, Number number)
{
    std::array<char, 24> digits;
    const char *const end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
    text.append(digits.data(), end - digits.data());
}

void appendHex(QByteArray &text, quint64 number)
{
    for (int shift = 60; shift >= 0; shift -= 4) {
        text += "0123456789abcdef"[(number >> shift) & 15];
    }
}

Fingerprint fingerprintFrom(const QString &text)
{
    return {text.first(std::min<qsizetype>(16, text.size())).toULongLong(nullptr, 16),
            text.mid(16).toULongLong(nullptr, 16)};
}

bool isPlainly(const WorkspaceRoot &root, const QString &path, const Identity &expected)
{
    const Result<int> parent = root.openParent(path, WorkspaceRoot::MissingFolders::Fail);
    if (!parent) {
        return false;
    }
    const Descriptor folder(*parent);
    struct stat info = {};
    return ::fstatat(folder.get(), lastPart(path).constData(), &info, AT_SYMLINK_NOFOLLOW) == 0
        && isSameFile(expected, info) && (expected.symlink || expected.mode == static_cast<int>(info.st_mode & 07777));
}

} // namespace

qint64 nanoseconds(const struct timespec &time)
{
    return qint64(time.tv_sec) * 1'000'000'000 + time.tv_nsec;
}

Identity identityOf(const FileState &state)
{
    return {state.inode, state.mtimeNs, state.contents.size(), state.mode, state.symlink, state.contents.fingerprint()};
}

bool sameContents(const Identity &left, const Identity &right)
{
    return left.fingerprint == right.fingerprint && left.size == right.size && left.symlink == right.symlink
        && (left.symlink || left.mode == right.mode);
}

// Numbers beyond 2^53 do not survive JSON: inode and time are text.
QJsonObject toJson(const std::optional<Identity> &identity)
{
    QByteArray text;
    appendJson(text, identity);
    return QJsonDocument::fromJson(text).object();
}

void appendJson(QByteArray &text, const std::optional<Identity> &identity)
{
    if (!identity) {
        text += "{}";
        return;
    }
    text += "{\"inode\":\"";
    appendNumber(text, identity->inode);
    text += "\",\"mtimeNs\":\"";
    appendNumber(text, identity->mtimeNs);
    text += "\",\"size\":";
    appendNumber(text, identity->size);
    text += ",\"mode\":";
    appendNumber(text, identity->mode);
    text += identity->symlink ? ",\"symlink\":true" : ",\"symlink\":false";
    text += ",\"xxh128\":\"";
    appendHex(text, identity->fingerprint[0]);
    appendHex(text, identity->fingerprint[1]);
    text += "\"}";
}

std::optional<Identity> identityFromJson(const QJsonObject &object)
{
    if (object.isEmpty()) {
        return std::nullopt;
    }
    return Identity{object[QStringLiteral("inode")].toString().toULongLong(),
                    object[QStringLiteral("mtimeNs")].toString().toLongLong(),
                    object[QStringLiteral("size")].toInteger(),
                    object[QStringLiteral("mode")].toInt(),
                    object[QStringLiteral("symlink")].toBool(),
                    fingerprintFrom(object[QStringLiteral("xxh128")].toString())};
}

bool isSameContents(const std::optional<Identity> &left, const std::optional<Identity> &right)
{
    return left.has_value() == right.has_value() && (!left || sameContents(*left, *right));
}

bool isSameFileAt(int folder, const QByteArray &name, const std::optional<Identity> &identity)
{
    struct stat info = {};
    return identity && ::fstatat(folder, name.constData(), &info, AT_SYMLINK_NOFOLLOW) == 0
        && isSameFile(*identity, info);
}

QByteArray lastPart(const QString &path)
{
    return QStringView(path).sliced(path.lastIndexOf(u'/') + 1).toUtf8();
}

bool isSameFile(const Identity &identity, const struct stat &info)
{
    return identity.inode == info.st_ino && identity.mtimeNs == nanoseconds(info.st_mtim)
        && identity.size == info.st_size && identity.symlink == S_ISLNK(info.st_mode);
}

Result<std::optional<Identity>> lookAt(const WorkspaceRoot &root, const QString &path,
                                       const std::optional<Identity> &expected)
{
    if (expected && expected->inode != 0 && isPlainly(root, path, *expected)) {
        return expected;
    }
    const Result<std::optional<FileState>> state = root.read(path);
    if (!state) {
        return state.error();
    }
    return *state ? std::optional(identityOf(**state)) : std::nullopt;
}

} // namespace PatchPanel::Patch
