#include "services/common/privatefolder.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>

#include <sys/stat.h>

namespace PatchPanel {

bool makePrivateFolder(const QString &path)
{
    const QFileInfo folder(QDir::cleanPath(path));
    return folder.isDir()
        || (QDir().mkpath(folder.path()) && ::mkdir(QFile::encodeName(folder.filePath()).constData(), 0700) == 0)
        || QFileInfo(folder.filePath()).isDir(); // another process made it meanwhile
}

} // namespace PatchPanel
