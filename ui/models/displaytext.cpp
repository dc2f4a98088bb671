#include "ui/models/displaytext.h"

#include "services/log/ansitext.h"

namespace PatchPanel::Ui {

QString displayText(QByteArrayView bytes)
{
    return Log::ansiText(bytes, Log::Overwriting::Never).text;
}

QString clippedText(const QString &text)
{
    if (text.size() <= drawnLineLimit) {
        return text;
    }
    const qsizetype left = (text.size() - drawnLineLimit + 1023) / 1024;
    return text.left(drawnLineLimit) + QStringLiteral("… (+%1 KB)").arg(left);
}

} // namespace PatchPanel::Ui
