#include "ui/models/filewriter.h"

#include <QCoreApplication>
#include <QSaveFile>

namespace PatchPanel::Ui {

Result<void> writeFile(const QString &path, const QByteArray &bytes, const QString &what)
{
    QSaveFile file(path);
    if (!file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size() || !file.commit()) {
        const auto tr = [](const char *text) {
            return QCoreApplication::translate("PatchPanel::Ui", text);
        };
        return Error{ErrorCode::Io, tr("%1 was not saved: %2").arg(what, file.errorString()),
                     tr("choose another file, or free space there"), path};
    }
    return {};
}

} // namespace PatchPanel::Ui
