#pragma once

#include <QByteArray>
#include <QDir>
#include <QDirIterator>
#include <QFile>
#include <QMap>
#include <QString>

#include <sys/stat.h>
#include <unistd.h>

namespace PatchPanel::Test {

// A folder tree by value, to compare before and after: type, mode, inode and bytes of every entry, without
// `.patchpanel` and `.git`. Inodes of folders are left out: a removed folder comes back as another one.
inline QMap<QString, QByteArray> treeSnapshot(const QString &root)
{
    QMap<QString, QByteArray> entries;
    QDirIterator it(root, QDir::AllEntries | QDir::Hidden | QDir::System | QDir::NoDotAndDotDot,
                    QDirIterator::Subdirectories);
    while (it.hasNext()) {
        const QString path = it.next();
        const QString name = path.mid(root.size() + 1);
        if (name.startsWith(QLatin1String(".patchpanel")) || name.startsWith(QLatin1String(".git/"))
            || name == QLatin1String(".git")) {
            continue;
        }
        struct stat info = {};
        ::lstat(QFile::encodeName(path).constData(), &info);
        QByteArray entry = QByteArray::number(info.st_mode, 8);
        if (S_ISLNK(info.st_mode)) {
            QByteArray target(4096, Qt::Uninitialized);
            const ssize_t size =
                ::readlink(QFile::encodeName(path).constData(), target.data(), static_cast<size_t>(target.size()));
            entry += " inode " + QByteArray::number(info.st_ino) + " -> " + target.first(size);
        } else if (S_ISREG(info.st_mode)) {
            QFile file(path);
            entry += " inode " + QByteArray::number(info.st_ino) + " bytes ";
            entry += file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray("unreadable");
        }
        entries.insert(name, entry);
    }
    return entries;
}

// The same tree, whose files may be others: type, mode and bytes only.
inline QMap<QString, QByteArray> withoutInodes(QMap<QString, QByteArray> entries)
{
    for (QByteArray &entry : entries) {
        const qsizetype begin = entry.indexOf(" inode ");
        if (begin >= 0) {
            const qsizetype end = entry.indexOf(' ', begin + 7);
            entry.remove(begin, end - begin);
        }
    }
    return entries;
}

} // namespace PatchPanel::Test
