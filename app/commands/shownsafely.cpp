#include "app/commands/shownsafely.h"

#include <QString>

namespace PatchPanel::App {

QByteArray shownSafely(const QByteArray &text)
{
    constexpr char16_t controlPictures = 0x2400;
    constexpr char16_t deletePicture = 0x2421;
    constexpr char16_t otherControl = 0x2426; // SYMBOL FOR SUBSTITUTE FORM TWO
    QString shown = QString::fromUtf8(text);
    for (QChar &c : shown) {
        const char16_t u = c.unicode();
        const bool isBidiControl = (u >= 0x202a && u <= 0x202e) || (u >= 0x2066 && u <= 0x2069);
        if (u < 0x20 && u != '\n' && u != '\t') {
            c = QChar(static_cast<char16_t>(controlPictures + u));
        } else if (u == 0x7f) {
            c = QChar(deletePicture);
        } else if ((u >= 0x80 && u < 0xa0) || isBidiControl) {
            c = QChar(otherControl);
        }
    }
    return shown.toUtf8();
}

} // namespace PatchPanel::App
