#include "ui/models/displaytext.h"

#include "services/log/ansitext.h"

#include <algorithm>

namespace PatchPanel::Ui {

QString displayText(QByteArrayView bytes)
{
    return Log::ansiText(bytes, Log::Overwriting::Never).text;
}

QString clippedText(const QString &text, qsizetype more)
{
    if (text.size() <= drawnLineLimit && more == 0) {
        return text;
    }
    const qsizetype left = (std::max<qsizetype>(0, text.size() - drawnLineLimit) + more + 1023) / 1024;
    return text.left(drawnLineLimit) + QStringLiteral("… (+%1 KB)").arg(left);
}

QString clippedDisplayText(QByteArrayView bytes)
{
    constexpr qsizetype longestCharacter = 4; // bytes of UTF-8
    const QByteArrayView enough = bytes.first(std::min(bytes.size(), drawnLineLimit * longestCharacter));
    return clippedText(displayText(enough), bytes.size() - enough.size());
}

} // namespace PatchPanel::Ui
