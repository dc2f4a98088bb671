#pragma once

#include <QByteArray>
#include <QByteArrayView>
#include <QString>

#include <optional>
#include <vector>

namespace PatchPanel::Log {

// A colour as a terminal is told it: 0xRRGGBB; the 256 of the palette are resolved.
using AnsiColor = std::optional<quint32>; // nothing: the terminal's own

// How a terminal would draw characters (ECMA-48 SGR; xterm for 256 and true colour).
struct AnsiStyle {
    AnsiColor text = {};
    AnsiColor background = {};
    bool bold = false;
    bool underline = false;
    bool inverse = false;

    bool operator==(const AnsiStyle &) const = default;
};

// Characters from `begin` on, up to the next span or the end of the text, look like this.
struct AnsiSpan {
    qsizetype begin = 0;
    AnsiStyle style = {};

    bool operator==(const AnsiSpan &) const = default;
};

struct AnsiText {
    QString text;
    std::vector<AnsiSpan> spans = {}; // none: all of it in the terminal's own look
};

enum class Overwriting {
    AsATerminal, // a carriage return goes back to the beginning, where what comes next overwrites; "erase" erases
    Never, // nothing is hidden: a carriage return becomes a symbol
};

// One line of bytes as it is shown. Escapes that set colours and weight become spans, all others are dropped. Invalid
// UTF-8 becomes U+FFFD, tabs are expanded to columns of 8, other controls become their symbols (U+2400).
AnsiText ansiText(QByteArrayView bytes, Overwriting overwriting);

// Appends the text that ansiText(bytes, Overwriting::AsATerminal) has, as UTF-8, without the detour through UTF-16
// where that is possible: find and files look at millions of lines.
void appendShownText(QByteArray &to, QByteArrayView bytes);

} // namespace PatchPanel::Log
