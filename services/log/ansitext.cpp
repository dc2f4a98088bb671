#include "ui/models/ansitext.h"

#include <algorithm>
#include <array>

namespace PatchPanel::Ui {

namespace {

constexpr std::size_t tabWidth = 8;
constexpr std::size_t mostParameters = 32; // in one escape

// xterm's first sixteen.
constexpr std::array<quint32, 16> systemColors{0x000000, 0xcd0000, 0x00cd00, 0xcdcd00, 0x0000ee, 0xcd00cd,
                                               0x00cdcd, 0xe5e5e5, 0x7f7f7f, 0xff0000, 0x00ff00, 0xffff00,
                                               0x5c5cff, 0xff00ff, 0x00ffff, 0xffffff};

quint32 rgb(quint32 red, quint32 green, quint32 blue)
{
    return red << 16 | green << 8 | blue;
}

// xterm's palette: sixteen, a cube of 6 x 6 x 6, 24 greys.
AnsiColor paletteColor(int index)
{
    if (index < 0 || index > 255) {
        return {};
    }
    const auto number = static_cast<quint32>(index);
    if (number < 16) {
        return systemColors[number];
    }
    if (number >= 232) {
        const quint32 grey = 8 + 10 * (number - 232);
        return rgb(grey, grey, grey);
    }
    const auto level = [](quint32 step) {
        return step == 0 ? 0 : 55 + 40 * step;
    };
    const quint32 cube = number - 16;
    return rgb(level(cube / 36), level(cube / 6 % 6), level(cube % 6));
}

// The numbers of an escape; a missing one is 0. `joined` are those that a colon joins to the one before.
struct Parameters {
    std::vector<int> values;
    std::vector<bool> joined;
};

Parameters parametersOf(QStringView text)
{
    Parameters parameters{{0}, {false}};
    for (const QChar c : text) {
        if (c.isDigit()) {
            parameters.values.back() = std::min(parameters.values.back() * 10 + c.digitValue(), 100'000);
        } else if ((c == u';' || c == u':') && parameters.values.size() < mostParameters) {
            parameters.values.push_back(0);
            parameters.joined.push_back(c == u':');
        }
    }
    return parameters;
}

// 38 or 48 stands at `i`: what follows it names a colour, as 5;N or 2;R;G;B, or with colons as 5:N, 2:R:G:B or
// 2:SPACE:R:G:B. Moves `i` to the last number of it.
AnsiColor extendedColor(const Parameters &parameters, std::size_t &i)
{
    const std::vector<int> &values = parameters.values;
    const std::size_t begin = i + 1;
    std::size_t end = begin;
    const bool colons = begin < values.size() && parameters.joined[begin];
    while (end < values.size() && (!colons || parameters.joined[end])) {
        ++end;
    }
    const std::size_t count = end - begin;
    if (count >= 2 && values[begin] == 5) {
        i = colons ? end - 1 : begin + 1;
        return paletteColor(values[begin + 1]);
    }
    if (count >= 4 && values[begin] == 2) {
        const std::size_t red = colons && count >= 5 ? begin + 2 : begin + 1;
        i = colons ? end - 1 : begin + 3;
        const auto channel = [&](std::size_t at) {
            return static_cast<quint32>(std::clamp(values[at], 0, 255));
        };
        return rgb(channel(red), channel(red + 1), channel(red + 2));
    }
    i = end - 1;
    return {};
}

void applyNumber(int number, AnsiStyle &style)
{
    if (number >= 30 && number <= 37) {
        style.text = paletteColor(number - 30);
    } else if (number >= 90 && number <= 97) {
        style.text = paletteColor(number - 90 + 8);
    } else if (number >= 40 && number <= 47) {
        style.background = paletteColor(number - 40);
    } else if (number >= 100 && number <= 107) {
        style.background = paletteColor(number - 100 + 8);
    }
    switch (number) {
    case 0:
        style = {};
        break;
    case 1:
        style.bold = true;
        break;
    case 4:
        style.underline = true;
        break;
    case 7:
        style.inverse = true;
        break;
    case 22:
        style.bold = false;
        break;
    case 24:
        style.underline = false;
        break;
    case 27:
        style.inverse = false;
        break;
    case 39:
        style.text.reset();
        break;
    case 49:
        style.background.reset();
        break;
    default:
        break;
    }
}

void applyGraphics(QStringView parameterText, AnsiStyle &style)
{
    const Parameters parameters = parametersOf(parameterText);
    for (std::size_t i = 0; i < parameters.values.size(); ++i) {
        const int number = parameters.values[i];
        if (number == 38) {
            style.text = extendedColor(parameters, i);
        } else if (number == 48) {
            style.background = extendedColor(parameters, i);
        } else if (!parameters.joined[i]) {
            applyNumber(number, style);
        }
    }
}

// The line of a terminal that is written to.
class Line {
public:
    explicit Line(Overwriting overwriting)
        : m_overwriting(overwriting)
    {
    }

    void put(char32_t character)
    {
        const Cell cell{character, m_style};
        if (m_column < m_cells.size()) {
            m_cells[m_column] = cell;
        } else {
            m_cells.push_back(cell);
        }
        ++m_column;
    }

    void tab()
    {
        do {
            put(U' ');
        } while (m_column % tabWidth != 0);
    }

    void back() { m_column = 0; }
    void eraseBehind()
    {
        if (m_overwriting == Overwriting::AsATerminal) {
            m_cells.resize(std::min(m_cells.size(), m_column));
        }
    }

    // Takes the escape that begins at `start`. Returns the index just behind it.
    qsizetype escape(const QString &text, qsizetype start);

    AnsiText result() const
    {
        AnsiText result;
        for (const Cell &cell : m_cells) {
            if (result.spans.empty() ? cell.style != AnsiStyle{} : cell.style != result.spans.back().style) {
                result.spans.push_back({result.text.size(), cell.style});
            }
            result.text.append(QStringView(QChar::fromUcs4(cell.character)));
        }
        return result;
    }

private:
    struct Cell {
        char32_t character = 0;
        AnsiStyle style = {};
    };

    Overwriting m_overwriting;
    std::vector<Cell> m_cells;
    std::size_t m_column = 0;
    AnsiStyle m_style;
};

// ECMA-48: CSI, OSC and the like, two-character.
qsizetype Line::escape(const QString &text, qsizetype start)
{
    qsizetype i = start + 1;
    if (i >= text.size()) {
        return i;
    }
    const char16_t kind = text[i++].unicode();
    if (kind == u'[') {
        const qsizetype parameters = i;
        while (i < text.size() && (text[i].unicode() < 0x40 || text[i].unicode() > 0x7e)) {
            ++i;
        }
        if (i < text.size()) {
            const QStringView between = QStringView(text).sliced(parameters, i - parameters);
            const bool isPrivate = !between.isEmpty() && between.front() >= u'<' && between.front() <= u'?';
            if (text[i] == u'm' && !isPrivate) {
                applyGraphics(between, m_style);
            } else if (text[i] == u'K' && (between.isEmpty() || between == u"0")) {
                eraseBehind();
            }
        }
        return std::min(i + 1, text.size());
    }
    if (kind == u']' || kind == u'P' || kind == u'^' || kind == u'_') { // ends with BEL or ESC backslash
        while (i < text.size() && text[i].unicode() != 0x07 && text[i].unicode() != 0x1b) {
            ++i;
        }
        return std::min(i < text.size() && text[i].unicode() == 0x1b ? i + 2 : i + 1, text.size());
    }
    while (kind >= 0x20 && kind <= 0x2f && i < text.size() && text[i].unicode() >= 0x20 && text[i].unicode() <= 0x2f) {
        ++i; // of a sequence such as "ESC ( B"
    }
    return kind >= 0x20 && kind <= 0x2f ? std::min(i + 1, text.size()) : i;
}

} // namespace

AnsiText ansiText(QByteArrayView bytes, Overwriting overwriting)
{
    if (bytes.endsWith('\r')) {
        bytes.chop(1);
    }
    const QString text = QString::fromUtf8(bytes);
    const bool isPlain =
        std::all_of(text.begin(), text.end(), [](QChar c) { return c.unicode() >= 0x20 && c.unicode() != 0x7f; });
    if (isPlain) {
        return {text};
    }
    Line line(overwriting);
    for (qsizetype i = 0; i < text.size();) {
        const char16_t unit = text[i].unicode();
        if (unit == 0x1b) {
            i = line.escape(text, i);
            continue;
        }
        if (unit == u'\t') {
            line.tab();
        } else if (unit == u'\r' && overwriting == Overwriting::AsATerminal) {
            line.back();
        } else if (unit < 0x20 || unit == 0x7f) {
            line.put(unit == 0x7f ? U'\u2421' : char32_t{0x2400} + unit);
        } else if (QChar::isHighSurrogate(unit) && i + 1 < text.size()) {
            line.put(QChar::surrogateToUcs4(text[i], text[i + 1])); // fromUtf8 makes whole pairs
            ++i;
        } else {
            line.put(unit);
        }
        ++i;
    }
    return line.result();
}

} // namespace PatchPanel::Ui
