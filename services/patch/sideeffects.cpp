#include "services/patch/sideeffects.h"

#include "services/patch/directory.h"
#include "services/patch/gitcommand.h"
#include "services/patch/identity.h"
#include "services/patch/openbeneath.h"

#include <QFile>
#include <QJsonArray>

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>

namespace PatchPanel::Patch {

namespace {

constexpr qsizetype mostNamed = 10; // in a line of text

FileStamp stampOf(const struct stat &info)
{
    return {info.st_ino, info.st_size, nanoseconds(info.st_mtim), nanoseconds(info.st_ctim), info.st_mode};
}

bool isSkipped(const QByteArray &name)
{
    return name == ".git" || name == ".patchpanel";
}

// One scan: folders wait in a list, so that no more than one is open at a time.
class Scan {
public:
    Scan(const WorkspaceRoot &root, qsizetype most)
        : m_root(root)
        , m_most(most)
    {
    }

    std::optional<TreeStamps> run()
    {
        while (!m_folders.isEmpty()) {
            if (!readFolder(m_folders.takeLast())) {
                return std::nullopt;
            }
        }
        return m_stamps;
    }

private:
    bool readFolder(const QByteArray &path);
    bool readEntry(int folder, const QByteArray &name, const QByteArray &path);

    const WorkspaceRoot &m_root;
    qsizetype m_most;
    QList<QByteArray> m_folders{QByteArray()};
    TreeStamps m_stamps;
};

bool Scan::readFolder(const QByteArray &path)
{
    const int fd = openBeneath(m_root.descriptor(), path.isEmpty() ? QByteArrayLiteral(".") : path,
                               O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
    if (fd < 0) {
        return fd == -ENOENT; // it is gone by now
    }
    Directory folder(fd);
    if (!folder.isOpen()) {
        return false;
    }
    while (const std::optional<QByteArray> name = folder.next()) {
        if (!isSkipped(*name) && !readEntry(fd, *name, path.isEmpty() ? *name : path + '/' + *name)) {
            return false;
        }
    }
    return true;
}

bool Scan::readEntry(int folder, const QByteArray &name, const QByteArray &path)
{
    struct stat info = {};
    if (::fstatat(folder, name.constData(), &info, AT_SYMLINK_NOFOLLOW) != 0) {
        return errno == ENOENT;
    }
    if (S_ISDIR(info.st_mode)) {
        m_folders.append(path);
        return true;
    }
    m_stamps.insert(path, stampOf(info));
    return m_stamps.size() <= m_most;
}

// Nothing outside of a repository.
QSet<QString> ignoredByGit(const WorkspaceRoot &root, const QList<SideEffect> &files)
{
    if (files.isEmpty() || !GitCommand::isInstalled()) {
        return {};
    }
    QByteArray paths;
    for (const SideEffect &file : files) {
        paths += QFile::encodeName(file.path) + '\0';
    }
    QSet<QString> ignored;
    for (const QByteArray &path : GitCommand(root).run({"check-ignore", "-z", "--stdin"}, paths).output.split('\0')) {
        ignored.insert(QFile::decodeName(path));
    }
    return ignored;
}

} // namespace

std::optional<TreeStamps> treeStamps(const WorkspaceRoot &root, qsizetype most)
{
    return Scan(root, most).run();
}

QString toString(SideEffect::Kind kind)
{
    switch (kind) {
    case SideEffect::Kind::Created:
        return QStringLiteral("created");
    case SideEffect::Kind::Changed:
        return QStringLiteral("changed");
    case SideEffect::Kind::Deleted:
        return QStringLiteral("deleted");
    }
    return {};
}

QString SideEffects::toText() const
{
    if (total == 0) {
        return {};
    }
    QList<QString> named;
    for (const SideEffect &file : files.first(std::min(files.size(), mostNamed))) {
        named.append(toString(file.kind) + u' ' + file.path);
    }
    if (total > named.size()) {
        named.append(QStringLiteral("…"));
    }
    return QStringLiteral("%1 outside the plan: %2")
        .arg(total == 1 ? QStringLiteral("1 file") : QStringLiteral("%1 files").arg(total),
             named.join(QStringLiteral(", ")));
}

QJsonObject SideEffects::toJson() const
{
    QJsonArray list;
    for (const SideEffect &file : files) {
        list.append(QJsonObject{{QStringLiteral("path"), file.path}, {QStringLiteral("kind"), toString(file.kind)}});
    }
    return {{QStringLiteral("files"), list},
            {QStringLiteral("total"), total},
            {QStringLiteral("ignored"), ignored},
            {QStringLiteral("notChecked"), notChecked}};
}

void SideEffects::add(const SideEffects &later)
{
    files = (files + later.files).first(std::min(files.size() + later.files.size(), mostListed));
    total += later.total;
    ignored += later.ignored;
    notChecked = notChecked.isEmpty() ? later.notChecked : notChecked;
}

SideEffects sideEffects(const WorkspaceRoot &root, const TreeStamps &before, const TreeStamps &after,
                        const QSet<QString> &planned)
{
    QList<SideEffect> found;
    const auto take = [&](const QByteArray &path, SideEffect::Kind kind) {
        const QString name = QFile::decodeName(path);
        if (!planned.contains(name)) {
            found.append({name, kind});
        }
    };
    for (auto file = after.cbegin(); file != after.cend(); ++file) {
        const auto old = before.constFind(file.key());
        if (old == before.cend()) {
            take(file.key(), SideEffect::Kind::Created);
        } else if (!(*old == *file)) {
            take(file.key(), SideEffect::Kind::Changed);
        }
    }
    for (auto file = before.cbegin(); file != before.cend(); ++file) {
        if (!after.contains(file.key())) {
            take(file.key(), SideEffect::Kind::Deleted);
        }
    }
    const QSet<QString> ignored = ignoredByGit(root, found);
    SideEffects effects;
    effects.ignored = found.removeIf([&ignored](const SideEffect &file) { return ignored.contains(file.path); });
    effects.total = found.size();
    std::sort(found.begin(), found.end(), [](const SideEffect &a, const SideEffect &b) { return a.path < b.path; });
    effects.files = found.first(std::min(found.size(), SideEffects::mostListed));
    return effects;
}

} // namespace PatchPanel::Patch
