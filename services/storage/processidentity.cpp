#include "services/storage/processidentity.h"

#include <QFile>
#include <QList>

namespace PatchPanel::Storage {

namespace {

constexpr qsizetype startTime = 19; // the 22nd field of stat; the third is the first behind the name

QByteArray contentsOf(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

} // namespace

QString processIdentity(pid_t pid)
{
    const QByteArray stat = contentsOf(QStringLiteral("/proc/%1/stat").arg(pid));
    const QList<QByteArray> fields = stat.mid(stat.lastIndexOf(')') + 2).split(' ');
    if (fields.size() <= startTime || fields.first() == "Z") {
        return {};
    }
    const QByteArray boot = contentsOf(QStringLiteral("/proc/sys/kernel/random/boot_id")).trimmed();
    return QStringLiteral("%1/%2/%3")
        .arg(QString::fromLatin1(boot))
        .arg(pid)
        .arg(QString::fromLatin1(fields[startTime]));
}

bool isAlive(const QString &identity)
{
    return !identity.isEmpty() && processIdentity(identity.section(u'/', 1, 1).toInt()) == identity;
}

} // namespace PatchPanel::Storage
