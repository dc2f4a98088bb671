#include "services/patch/overlay.h"

#include <algorithm>

namespace PatchPanel::Patch {

FileState newFileState(Blob contents, int mode, bool symlink)
{
    FileState state;
    state.contents = std::move(contents);
    state.mode = symlink ? 0777 : mode;
    state.symlink = symlink;
    return state;
}

bool sameState(const std::optional<FileState> &left, const std::optional<FileState> &right)
{
    if (!left || !right) {
        return left.has_value() == right.has_value();
    }
    return left->contents == right->contents && left->mode == right->mode && left->symlink == right->symlink;
}

Overlay::Overlay(const WorkspaceRoot &root)
    : m_root(&root)
{
}

Overlay::Overlay(const WorkspaceRoot &root, const Memory &memory)
    : m_root(&root)
    , m_memory(memory)
{
}

bool Overlay::isRemoved(const QString &path) const
{
    const auto entry = m_entries.find(path);
    return entry != m_entries.end() && !entry->second.now;
}

Result<void> Overlay::checkAbove(const QString &path)
{
    for (qsizetype slash = path.indexOf(u'/'); slash >= 0; slash = path.indexOf(u'/', slash + 1)) {
        const QString above = path.left(slash);
        const auto entry = m_entries.find(above);
        if (entry == m_entries.end() || !entry->second.now) {
            continue;
        }
        if (entry->second.now->symlink) {
            return Error{ErrorCode::UnsafePath,
                         QStringLiteral("%1 leads through %2, which is a symbolic link.").arg(path, above),
                         QStringLiteral("Name the file by its real place inside the workspace."), path};
        }
        return Error{
            ErrorCode::DoesNotApply, QStringLiteral("%1 cannot exist: %2 is a file.").arg(path, above), {}, path};
    }
    return {};
}

Result<void> Overlay::checkNotAFolder(const QString &path)
{
    const QString beneath = path + u'/';
    for (auto entry = m_entries.lower_bound(beneath); entry != m_entries.end() && entry->first.startsWith(beneath);
         ++entry) {
        if (entry->second.now) {
            return Error{ErrorCode::DoesNotApply,
                         QStringLiteral("%1 is a folder: %2 stands in it.").arg(path, entry->first),
                         {},
                         path};
        }
    }
    return {};
}

Result<Overlay::Entry *> Overlay::load(const QString &path)
{
    const auto known = m_entries.find(path);
    if (known != m_entries.end()) {
        return &known->second;
    }
    Result<std::optional<FileState>> state = m_root->read(path, m_memory.files);
    if (!state) {
        return state.error();
    }
    Entry entry;
    entry.before = *state;
    entry.now = *std::move(state);
    return &m_entries.emplace(path, std::move(entry)).first->second;
}

Result<std::optional<FileState>> Overlay::read(const QString &path)
{
    const Result<void> above = checkAbove(path);
    if (!above) {
        return above.error();
    }
    const Result<Entry *> entry = load(path);
    return entry ? Result<std::optional<FileState>>((*entry)->now) : entry.error();
}

Result<void> Overlay::put(const QString &path, FileState state)
{
    if (const auto known = m_entries.find(path); known != m_entries.end() && known->second.now) {
        known->second.now = std::move(state);
        known->second.hunks.reset();
        return {};
    }
    const Result<std::optional<FileState>> standing = read(path);
    if (!standing) {
        return standing.error();
    }
    if (!*standing) {
        const Result<void> folder = checkNotAFolder(path);
        if (!folder) {
            return folder;
        }
        for (QString above = path.section(u'/', 0, -2); !above.isEmpty(); above = above.section(u'/', 0, -2)) {
            const Result<WorkspaceRoot::EntryKind> kind = m_root->kindOf(above);
            if (!kind) {
                return kind.error();
            }
            if (*kind == WorkspaceRoot::EntryKind::Directory) {
                break;
            }
            const bool goes = isRemoved(above);
            if (*kind != WorkspaceRoot::EntryKind::Absent && !goes) {
                return Error{ErrorCode::DoesNotApply,
                             QStringLiteral("%1 cannot exist: %2 is a file.").arg(path, above),
                             {},
                             path};
            }
        }
    }
    Entry &entry = m_entries[path];
    entry.now = std::move(state);
    entry.hunks.reset();
    return {};
}

Result<void> Overlay::remove(const QString &path)
{
    const Result<std::optional<FileState>> standing = read(path);
    if (!standing) {
        return standing.error();
    }
    Entry &entry = m_entries[path];
    entry.now.reset();
    entry.hunks.reset();
    entry.origin.clear();
    return {};
}

Result<void> Overlay::move(const QString &from, const QString &to)
{
    const Result<std::optional<FileState>> moved = read(from);
    if (!moved) {
        return moved.error();
    }
    const QString origin = m_entries[from].origin;
    const Result<void> removed = remove(from);
    if (!removed) {
        return removed;
    }
    FileState state = **moved;
    state.inode = 0;
    state.mtimeNs = 0;
    const Result<void> placed = put(to, state);
    if (!placed) {
        m_entries[from].now = *moved;
        return placed;
    }
    m_entries[to].origin = origin.isEmpty() ? from : origin;
    return {};
}

void Overlay::absorb(Overlay part)
{
    m_entries.merge(part.m_entries);
}

Result<QList<QString>> Overlay::filesBeneath(const QString &path)
{
    const Result<QList<QString>> onDisk = m_root->filesBeneath(path);
    if (!onDisk) {
        return onDisk;
    }
    QList<QString> files = *onDisk;
    const QString beneath = path + u'/';
    files.removeIf([this](const QString &file) { return isRemoved(file); });
    for (auto entry = m_entries.lower_bound(beneath); entry != m_entries.end() && entry->first.startsWith(beneath);
         ++entry) {
        if (entry->second.now && !files.contains(entry->first)) {
            files.append(entry->first);
        }
    }
    std::sort(files.begin(), files.end());
    return files;
}

} // namespace PatchPanel::Patch
