#include "services/http/portholder.h"

#include <QDir>
#include <QFile>

#include <algorithm>
#include <unistd.h>

namespace PatchPanel::Http {

namespace {

QByteArray readAll(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

QByteArray linkTarget(const QByteArray &path)
{
    QByteArray target(256, Qt::Uninitialized);
    const ssize_t size = ::readlink(path.constData(), target.data(), static_cast<std::size_t>(target.size()));
    return size < 0 ? QByteArray() : target.first(size);
}

bool holdsOneOf(const QString &pid, const QList<QByteArray> &links)
{
    const QDir descriptors(QStringLiteral("/proc/%1/fd").arg(pid));
    const QStringList entries = descriptors.entryList(QDir::AllEntries | QDir::System | QDir::NoDotAndDotDot);
    return std::any_of(entries.begin(), entries.end(), [&](const QString &entry) {
        return links.contains(linkTarget(QFile::encodeName(descriptors.filePath(entry))));
    });
}

} // namespace

QList<QByteArray> listeningInodes(const QByteArray &table, quint16 port)
{
    constexpr int localAddress = 1;
    constexpr int state = 3;
    constexpr int inode = 9;
    const QByteArray wanted = ':' + QByteArray::number(port, 16).toUpper().rightJustified(4, '0');
    QList<QByteArray> inodes;
    for (const QByteArray &line : table.split('\n')) {
        const QList<QByteArray> fields = line.simplified().split(' ');
        if (fields.size() > inode && fields[localAddress].endsWith(wanted) && fields[state] == "0A") {
            inodes.append(fields[inode]);
        }
    }
    return inodes;
}

std::optional<PortHolder> findPortHolder(quint16 port)
{
    QList<QByteArray> links;
    for (const auto &table : {QStringLiteral("/proc/net/tcp"), QStringLiteral("/proc/net/tcp6")}) {
        for (const QByteArray &inode : listeningInodes(readAll(table), port)) {
            links.append("socket:[" + inode + ']');
        }
    }
    if (links.isEmpty()) {
        return {};
    }
    const QStringList processes = QDir(QStringLiteral("/proc")).entryList({QStringLiteral("[0-9]*")}, QDir::Dirs);
    for (const QString &pid : processes) {
        if (holdsOneOf(pid, links)) {
            const QByteArray name = readAll(QStringLiteral("/proc/%1/comm").arg(pid)).trimmed();
            return PortHolder{pid.toLongLong(), QString::fromUtf8(name)};
        }
    }
    return {};
}

} // namespace PatchPanel::Http
