#pragma once

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QTemporaryDir>

namespace PatchPanel::Test {

// A folder of its own for one test, removed with the object. Every function takes paths relative to the folder.
class TempWorkspace {
public:
    TempWorkspace() { Q_ASSERT(m_dir.isValid()); }

    QString path() const { return QFileInfo(m_dir.path()).canonicalFilePath(); }
    QString absolute(const QString &relative) const { return path() + u'/' + relative; }

    // Writes a file and the folders above it. False when that failed.
    bool write(const QString &relative, QByteArrayView bytes) const
    {
        QFile file(absolute(relative));
        return QDir().mkpath(QFileInfo(file).path()) && file.open(QIODevice::WriteOnly)
            && file.write(bytes.data(), bytes.size()) == bytes.size();
    }

    // Null when there is no such file.
    QByteArray read(const QString &relative) const
    {
        QFile file(absolute(relative));
        return file.open(QIODevice::ReadOnly) ? file.readAll() + QByteArray("") : QByteArray();
    }

    bool exists(const QString &relative) const
    {
        const QFileInfo info(absolute(relative));
        return info.exists() || info.isSymLink();
    }

    bool link(const QString &target, const QString &relative) const { return QFile::link(target, absolute(relative)); }

private:
    QTemporaryDir m_dir;
};

} // namespace PatchPanel::Test
