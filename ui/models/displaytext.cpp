#include "ui/models/displaytext.h"

#include "ui/models/ansitext.h"

namespace PatchPanel::Ui {

namespace {

QString clipped(const QString &text, qsizetype left)
{
    return text.left(drawnLineLimit) + QStringLiteral("… (+%1 KB)").arg((left + 1023) / 1024);
}

} // namespace

QString displayText(QByteArrayView bytes)
{
    return ansiText(bytes, Overwriting::Never).text;
}

QString clippedText(const QString &text)
{
    if (text.size() <= drawnLineLimit) {
        return text;
    }
    return clipped(text, text.size() - drawnLineLimit);
}

QString clippedDisplayText(QByteArrayView bytes)
{
    constexpr qsizetype longestCharacter = 4; // bytes of UTF-8
    const qsizetype enough = drawnLineLimit * longestCharacter;
    return bytes.size() <= enough ? clippedText(displayText(bytes))
                                  : clipped(displayText(bytes.first(enough)), bytes.size() - drawnLineLimit);
}

} // namespace PatchPanel::Ui
