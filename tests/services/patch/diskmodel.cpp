#include "tests/services/patch/diskmodel.h"

#include <QDir>
#include <QDirIterator>

#include <algorithm>
#include <cstdio>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace PatchPanel::Test {

using Patch::Disk::Call;
using Patch::Disk::Operation;

namespace {

struct stat statOf(int descriptor)
{
    struct stat info = {};
    ::fstat(descriptor, &info);
    return info;
}

struct stat statOf(const QString &path)
{
    struct stat info = {};
    ::lstat(QFile::encodeName(path).constData(), &info);
    return info;
}

struct stat statAt(int folder, const QByteArray &name)
{
    struct stat info = {};
    ::fstatat(folder, name.constData(), &info, AT_SYMLINK_NOFOLLOW);
    return info;
}

bool isSync(Operation operation)
{
    return operation == Operation::SyncFile || operation == Operation::SyncFilesystem;
}

// Whether the inode is synced between the two steps.
bool isSynced(const std::vector<DiskModel::Step> &steps, std::size_t after, std::size_t end, quint64 inode)
{
    for (std::size_t i = after + 1; i < end; ++i) {
        if (steps[i].call.operation == Operation::SyncFilesystem
            || (steps[i].call.operation == Operation::SyncFile && steps[i].inode == inode)) {
            return true;
        }
    }
    return false;
}

} // namespace

DiskModel *DiskModel::s_recording = nullptr;

DiskModel::DiskModel(const QString &tree)
{
    m_root = scan(tree);
    s_recording = this;
    Patch::Disk::observe({.after = record});
}

DiskModel::~DiskModel()
{
    stop();
}

void DiskModel::stop()
{
    if (s_recording == this) {
        s_recording = nullptr;
        Patch::Disk::observe({});
    }
}

QString DiskModel::keptName(quint64 inode) const
{
    return m_kept.absolute(QString::number(inode));
}

void DiskModel::keep(const QString &path, quint64 inode) const
{
    ::linkat(AT_FDCWD, QFile::encodeName(path).constData(), AT_FDCWD, QFile::encodeName(keptName(inode)).constData(),
             0);
}

quint64 DiskModel::scan(const QString &path)
{
    const struct stat info = statOf(path);
    Node node;
    node.mode = info.st_mode & 07777;
    if (S_ISDIR(info.st_mode)) {
        node.kind = Node::Kind::Folder;
        const QStringList names =
            QDir(path).entryList(QDir::AllEntries | QDir::Hidden | QDir::System | QDir::NoDotAndDotDot);
        for (const QString &name : names) {
            node.names.insert(name.toUtf8(), scan(path + u'/' + name));
        }
    } else {
        node.kind = S_ISLNK(info.st_mode) ? Node::Kind::Link : Node::Kind::File;
        keep(path, info.st_ino);
    }
    m_start.insert(info.st_ino, node);
    return info.st_ino;
}

void DiskModel::record(const Call &call)
{
    if (call.result >= 0) {
        s_recording->add(call);
    }
}

void DiskModel::add(const Call &call)
{
    Step step;
    step.call.operation = call.operation;
    step.call.mode = call.mode;
    step.call.flags = call.flags;
    step.call.size = call.size;
    step.inode = statOf(call.descriptor).st_ino;
    step.name = call.name.toByteArray();
    if (call.toDescriptor >= 0) {
        step.toInode = statOf(call.toDescriptor).st_ino;
        step.toName = call.toName.toByteArray();
    }
    step.data = call.data.first(call.operation == Operation::Write ? call.result : call.data.size()).toByteArray();
    if (call.operation == Operation::MakeFile || call.operation == Operation::MakeSymlink
        || call.operation == Operation::MakeFolder) {
        const struct stat made = statAt(call.descriptor, step.name);
        step.made = made.st_ino;
        step.call.mode = made.st_mode & 07777;
        if (call.operation != Operation::MakeFolder) {
            ::linkat(call.descriptor, step.name.constData(), AT_FDCWD,
                     QFile::encodeName(keptName(step.made)).constData(), 0);
        }
    }
    m_steps.push_back(step);
}

std::vector<std::size_t> DiskModel::unsynced(std::size_t end) const
{
    std::vector<std::size_t> pending;
    for (std::size_t i = 0; i < end; ++i) {
        const Step &step = m_steps[i];
        if (isSync(step.call.operation)) {
            continue;
        }
        const bool moves = step.toInode != 0;
        if (!isSynced(m_steps, i, end, step.inode) || (moves && !isSynced(m_steps, i, end, step.toInode))) {
            pending.push_back(i);
        }
    }
    return pending;
}

// What cannot be done on this tree, because something before it was lost, is lost with it.
void DiskModel::perform(Tree &tree, const Step &step, bool torn)
{
    if (!tree.contains(step.inode) || (step.toInode != 0 && !tree.contains(step.toInode))) {
        return;
    }
    Node &node = tree[step.inode];
    switch (step.call.operation) {
    case Operation::MakeFile:
    case Operation::MakeSymlink:
    case Operation::MakeFolder: {
        Node made;
        made.kind = step.call.operation == Operation::MakeFile ? Node::Kind::File
            : step.call.operation == Operation::MakeFolder     ? Node::Kind::Folder
                                                               : Node::Kind::Link;
        made.mode = step.call.mode;
        node.names.insert(step.name, step.made);
        tree.insert(step.made, made);
        break;
    }
    case Operation::Write:
        node.isWritten = true;
        node.data += torn ? step.data.first(step.data.size() / 2) : step.data;
        break;
    case Operation::Truncate:
        node.data.resize(std::min<qsizetype>(node.data.size(), step.call.size));
        break;
    case Operation::ChangeMode:
        node.mode = step.call.mode;
        break;
    case Operation::RemoveFile:
    case Operation::RemoveFolder:
        node.names.remove(step.name);
        break;
    case Operation::Rename:
    case Operation::Link: {
        if (!node.names.contains(step.name)) {
            break;
        }
        const quint64 moved = node.names.value(step.name);
        Node &to = tree[step.toInode];
        if ((step.call.flags & RENAME_EXCHANGE) != 0) {
            if (to.names.contains(step.toName)) {
                tree[step.inode].names[step.name] = to.names.value(step.toName);
                to.names[step.toName] = moved;
            }
            break;
        }
        if (step.call.operation == Operation::Rename) {
            tree[step.inode].names.remove(step.name);
        }
        tree[step.toInode].names.insert(step.toName, moved);
        break;
    }
    default:
        break;
    }
}

void DiskModel::write(const Tree &tree, quint64 folder, const QString &path) const
{
    const Node &node = tree.constFind(folder).value();
    for (auto it = node.names.cbegin(); it != node.names.cend(); ++it) {
        const QString place = path + u'/' + QString::fromUtf8(it.key());
        const Node &child = tree.constFind(it.value()).value();
        if (child.kind == Node::Kind::Folder) {
            QDir().mkdir(place);
            write(tree, it.value(), place);
            ::chmod(QFile::encodeName(place).constData(), child.mode);
            continue;
        }
        // The inode itself where its bytes are whole, which is how the engine knows a file again; but a journal is
        // written on.
        const QByteArray kept = QFile::encodeName(keptName(it.value()));
        QFile file(keptName(it.value()));
        const bool isWhole = child.kind == Node::Kind::Link || (!child.isWritten && it.key() != "journal")
            || (it.key() != "journal" && file.open(QIODevice::ReadOnly) && file.readAll() == child.data);
        if (isWhole) {
            ::linkat(AT_FDCWD, kept.constData(), AT_FDCWD, QFile::encodeName(place).constData(), 0);
        } else {
            QFile copy(place);
            copy.open(QIODevice::WriteOnly);
            copy.write(child.data);
            copy.close();
            ::chmod(QFile::encodeName(place).constData(), child.mode);
        }
    }
}

void DiskModel::makeTree(const QString &target, std::size_t end, const QSet<std::size_t> &lost,
                         const QSet<std::size_t> &torn) const
{
    Tree tree = m_start;
    for (std::size_t i = 0; i < end; ++i) {
        if (!lost.contains(i)) {
            perform(tree, m_steps[i], torn.contains(i));
        }
    }
    write(tree, m_root, target);
}

} // namespace PatchPanel::Test
