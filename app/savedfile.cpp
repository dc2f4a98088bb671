#include "app/savedfile.h"

#include <QSaveFile>

namespace PatchPanel::App {

Result<void> saveFile(const QString &path, const QByteArray &content)
{
    QSaveFile file(path);
    if (!file.open(QIODevice::WriteOnly) || file.write(content) != content.size() || !file.commit()) {
        return Error{ErrorCode::Io, QStringLiteral("cannot write the file: %1").arg(file.errorString()),
                     QStringLiteral("name a file in an existing folder that you may write to"), path};
    }
    return {};
}

} // namespace PatchPanel::App
