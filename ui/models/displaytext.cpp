#include "ui/models/displaytext.h"

#include <algorithm>

namespace PatchPanel::Ui {

namespace {

constexpr qsizetype tabWidth = 8;

bool isPlain(char16_t unit)
{
    return unit >= 0x20 && unit != 0x7f;
}

// The index just behind the escape sequence that begins at `start` (ECMA-48: CSI, OSC, two-character).
qsizetype endOfEscape(const QString &text, qsizetype start)
{
    qsizetype i = start + 1;
    if (i >= text.size()) {
        return i;
    }
    const char16_t kind = text[i++].unicode();
    if (kind == u'[') {
        while (i < text.size() && (text[i].unicode() < 0x40 || text[i].unicode() > 0x7e)) {
            ++i;
        }
        return std::min(i + 1, text.size());
    }
    if (kind == u']') { // ends with BEL or ESC backslash
        while (i < text.size() && text[i].unicode() != 0x07 && text[i].unicode() != 0x1b) {
            ++i;
        }
        return std::min(i < text.size() && text[i].unicode() == 0x1b ? i + 2 : i + 1, text.size());
    }
    return i;
}

} // namespace

QString displayText(QByteArrayView bytes)
{
    if (bytes.endsWith('\r')) {
        bytes.chop(1);
    }
    const QString text = QString::fromUtf8(bytes);
    if (std::all_of(text.begin(), text.end(), [](QChar c) { return isPlain(c.unicode()); })) {
        return text;
    }
    QString shown;
    shown.reserve(text.size() + tabWidth);
    for (qsizetype i = 0; i < text.size();) {
        const char16_t unit = text[i].unicode();
        if (unit == 0x1b) {
            i = endOfEscape(text, i);
            continue;
        }
        if (unit == u'\t') {
            shown.append(QString(tabWidth - shown.size() % tabWidth, QLatin1Char(' ')));
        } else if (unit == 0x7f) {
            shown.append(QChar(0x2421));
        } else {
            shown.append(isPlain(unit) ? text[i] : QChar(static_cast<char16_t>(0x2400 + unit)));
        }
        ++i;
    }
    return shown;
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
