#include "services/common/savedfile.h"

#include <QDateTime>
#include <QFileInfo>
#include <QSaveFile>

#include <fcntl.h>
#include <unistd.h>

namespace PatchPanel {

namespace {

bool write(QSaveFile &file, const QByteArray &content, Readers readers)
{
    if (!file.open(QIODevice::WriteOnly)) {
        return false;
    }
    if (readers == Readers::OwnerOnly && !file.setPermissions(QFile::ReadOwner | QFile::WriteOwner)) {
        return false;
    }
    return file.write(content) == content.size() && file.commit();
}

// A name is on the disk only once its folder is. A filesystem that cannot do that is no reason to fail.
void syncFolder(const QString &folder)
{
    const int descriptor = ::open(QFile::encodeName(folder).constData(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor >= 0) {
        ::fsync(descriptor);
        ::close(descriptor);
    }
}

} // namespace

Result<void> saveFile(const QString &path, const QByteArray &content, Readers readers)
{
    QSaveFile file(path);
    if (!write(file, content, readers)) {
        return Error{ErrorCode::Io, QStringLiteral("cannot write the file: %1").arg(file.errorString()),
                     QStringLiteral("name a file in an existing folder that you may write to"), path};
    }
    syncFolder(QFileInfo(path).absolutePath());
    return {};
}

QString asideName(const QString &path)
{
    return path + QStringLiteral(".damaged-")
        + QDateTime::currentDateTimeUtc().toString(QStringLiteral("yyyyMMddThhmmsszzz"));
}

} // namespace PatchPanel
