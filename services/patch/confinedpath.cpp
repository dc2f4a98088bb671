#include "services/patch/taskreader.h"

#include <QDir>

#include <algorithm>
#include <array>

namespace PatchPanel::Patch {

namespace {

constexpr qsizetype maxPartBytes = 255; // NAME_MAX
constexpr qsizetype maxPathBytes = 4095; // PATH_MAX without its NUL

// Code points that HFS+ ignores in names; git refuses ".git" hidden behind them (path.c, next_hfs_char).
bool isIgnorable(QChar c)
{
    const char16_t u = c.unicode();
    return (u >= 0x200c && u <= 0x200f) || (u >= 0x202a && u <= 0x202e) || (u >= 0x206a && u <= 0x206f) || u == 0xfeff;
}

// What a file system that ignores case, trailing dots and blanks, streams (":…") or zero-width characters makes of a
// name.
QString undisguised(const QString &part)
{
    QString name;
    std::copy_if(part.begin(), part.end(), std::back_inserter(name), [](QChar c) { return !isIgnorable(c); });
    name = name.section(u':', 0, 0);
    while (name.endsWith(u'.') || name.endsWith(u' ')) {
        name.chop(1);
    }
    return name.toCaseFolded();
}

// ".git" and ".patchpanel", and the short names that NTFS gives them.
bool isReserved(const QString &part)
{
    static const std::array names{QStringLiteral(".git"), QStringLiteral("git~1"), QStringLiteral(".patchpanel"),
                                  QStringLiteral("patchp~1")};
    // A backslash separates parts on NTFS.
    const QList<QString> pieces = part.split(u'\\');
    return std::any_of(pieces.begin(), pieces.end(), [](const QString &piece) {
        return std::find(names.begin(), names.end(), undisguised(piece)) != names.end();
    });
}

QString printable(const QString &path)
{
    QString text;
    for (const QChar c : path) {
        text += c.category() == QChar::Other_Control ? QStringLiteral("\\x%1").arg(c.unicode(), 2, 16, QLatin1Char('0'))
                                                     : QString(c);
    }
    return text;
}

Error unsafe(const QString &path, const QString &why, const QString &hint)
{
    const QString shown = printable(path);
    return {ErrorCode::UnsafePath, QStringLiteral("The path \"%1\" %2.").arg(shown, why), hint, shown};
}

Result<QString> relativeToRoot(const QString &path, const QString &workspaceRoot)
{
    const QString root = QDir::cleanPath(workspaceRoot);
    const QString prefix = root.endsWith(u'/') ? root : root + u'/';
    if (root.startsWith(u'/') && path.startsWith(prefix)) {
        return path.mid(prefix.size());
    }
    return Error{ErrorCode::OutsideWorkspace,
                 QStringLiteral("The path \"%1\" lies outside the workspace %2.").arg(printable(path), root),
                 QStringLiteral("Write it relative to the workspace."), printable(path)};
}

Result<void> checkPart(const QString &path, const QString &part)
{
    const QString relativeHint = QStringLiteral("Write the plain path, relative to the workspace.");
    if (part.isEmpty()) {
        return unsafe(path, QStringLiteral("has an empty part"), relativeHint);
    }
    if (part == QLatin1String(".") || part == QLatin1String("..")) {
        return unsafe(path, QStringLiteral("has the part \"%1\"").arg(part), relativeHint);
    }
    if (isReserved(part)) {
        return unsafe(path, QStringLiteral("leads into a folder that belongs to git or PatchPanel"),
                      QStringLiteral("A task may not change .git or .patchpanel, however it is written."));
    }
    if (part.toUtf8().size() > maxPartBytes) {
        return unsafe(path, QStringLiteral("has a part of more than %1 bytes").arg(maxPartBytes), {});
    }
    return {};
}

// Whether the path is of the plain kind that needs no closer look: printable ASCII without ':', '\\' and '~', parts
// that begin with no '.' and end with no '.' or blank. Nearly all paths are.
bool isPlainlySafe(const QString &path)
{
    if (path.isEmpty() || path.size() > maxPartBytes) {
        return false;
    }
    char16_t before = u'/';
    for (const QChar c : path) {
        const char16_t u = c.unicode();
        if (u < 0x20 || u >= 0x7f || u == u':' || u == u'\\' || u == u'~') {
            return false;
        }
        if ((before == u'/' && (u == u'/' || u == u'.')) || (u == u'/' && (before == u'.' || before == u' '))) {
            return false;
        }
        before = u;
    }
    return before != u'/' && before != u'.' && before != u' ';
}

} // namespace

Result<QString> confinedPath(const QString &path, const QString &workspaceRoot)
{
    if (isPlainlySafe(path)) {
        return path;
    }
    if (path.isEmpty()) {
        return unsafe(path, QStringLiteral("is empty"), QStringLiteral("Name a file of the workspace."));
    }
    const bool hasControl =
        std::any_of(path.begin(), path.end(), [](QChar c) { return c.category() == QChar::Other_Control; });
    if (hasControl) {
        return unsafe(path, QStringLiteral("has a control character"), QStringLiteral("Write it without."));
    }
    if (!path.isValidUtf16()) {
        return unsafe(path, QStringLiteral("is not valid Unicode"), {});
    }
    QString relative = path;
    if (path.startsWith(u'/')) {
        Result<QString> beneath = relativeToRoot(path, workspaceRoot);
        if (!beneath) {
            return beneath;
        }
        relative = *beneath;
    }
    if (relative.toUtf8().size() > maxPathBytes) {
        return unsafe(path, QStringLiteral("is longer than %1 bytes").arg(maxPathBytes), {});
    }
    const QList<QString> parts = relative.split(u'/');
    for (const QString &part : parts) {
        const Result<void> checked = checkPart(path, part);
        if (!checked) {
            return checked.error();
        }
    }
    return relative;
}

} // namespace PatchPanel::Patch
