#include "services/log/ansitext.h"

#include <algorithm>
#include <array>
#include <span>
#include <string>

namespace PatchPanel::Log {

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
    std::array<int, mostParameters> values{};
    std::array<bool, mostParameters> joined{};
    std::size_t count = 1;
};

Parameters parametersOf(QStringView text)
{
    Parameters parameters;
    for (const QChar c : text) {
        if (c >= u'0' && c <= u'9') {
            int &value = parameters.values[parameters.count - 1];
            value = std::min(value * 10 + (c.unicode() - u'0'), 100'000);
        } else if ((c == u';' || c == u':') && parameters.count < mostParameters) {
            parameters.joined[parameters.count++] = c == u':';
        }
    }
    return parameters;
}

// 38 or 48 stands at `i`: what follows it names a colour, as 5;N or 2;R;G;B, or with colons as 5:N, 2:R:G:B or
// 2:SPACE:R:G:B. Moves `i` to the last number of it.
AnsiColor extendedColor(const Parameters &parameters, std::size_t &i)
{
    const auto &values = parameters.values;
    const std::size_t begin = i + 1;
    std::size_t end = begin;
    const bool colons = begin < parameters.count && parameters.joined[begin];
    while (end < parameters.count && (!colons || parameters.joined[end])) {
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
    for (std::size_t i = 0; i < parameters.count; ++i) {
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

template <typename Unit> bool isBetween(Unit unit, int least, int most)
{
    return unit >= least && unit <= most;
}

enum class Effect { None, Graphics, EraseBehind };

struct Escape {
    std::size_t end = 0; // just behind it
    Effect effect = Effect::None;
    std::size_t parameters = 0; // from here to end - 1, where there is an effect
};

// The escape that begins at `start`. ECMA-48: CSI, OSC and the like, two-character.
template <typename Unit> Escape readEscape(std::span<const Unit> text, std::size_t start)
{
    std::size_t i = start + 1;
    if (i >= text.size()) {
        return {i};
    }
    const auto kind = static_cast<char16_t>(text[i++]);
    if (kind == u'[') {
        const std::size_t parameters = i;
        while (i < text.size() && (text[i] < 0x40 || text[i] > 0x7e)) {
            ++i;
        }
        Effect effect = Effect::None;
        if (i < text.size()) {
            const std::span<const Unit> between = text.subspan(parameters, i - parameters);
            const bool isPrivate = !between.empty() && between.front() >= u'<' && between.front() <= u'?';
            const bool isZero = between.empty() || (between.size() == 1 && between.front() == u'0');
            if (text[i] == u'm' && !isPrivate) {
                effect = Effect::Graphics;
            } else if (text[i] == u'K' && isZero) {
                effect = Effect::EraseBehind;
            }
        }
        return {std::min(i + 1, text.size()), effect, parameters};
    }
    if (kind == u']' || kind == u'P' || kind == u'^' || kind == u'_') { // ends with BEL or ESC backslash
        while (i < text.size() && text[i] != 0x07 && text[i] != 0x1b) {
            ++i;
        }
        if (i + 1 < text.size() && text[i] == 0x1b) {
            return {text[i + 1] == u'\\' ? i + 2 : i}; // another escape ends it too
        }
        return {std::min(i + 1, text.size())};
    }
    while (i <= text.size() && isBetween(text[i - 1], 0x20, 0x2f)) {
        ++i; // of a sequence such as "ESC ( B"
    }
    // What cannot end it, such as half of a surrogate pair, is no part of it.
    return {i <= text.size() && isBetween(text[i - 1], 0x30, 0x7e) ? i : i - 1};
}

bool isControl(char32_t character)
{
    return character < 0x20 || character == 0x7f;
}

char32_t symbolOf(char32_t control)
{
    return control == 0x7f ? U'\u2421' : char32_t{0x2400} + control;
}

// The line of a terminal that only grows.
class GrowingLine {
public:
    void put(QStringView characters, const AnsiStyle &style)
    {
        if (m_shown.spans.empty() ? style != AnsiStyle{} : style != m_shown.spans.back().style) {
            m_shown.spans.push_back({m_shown.text.size(), style});
        }
        m_shown.text += characters;
    }
    void back() { }
    void eraseBehind() { }

    // Characters, not UTF-16 units.
    std::size_t column()
    {
        for (; m_counted < m_shown.text.size(); ++m_counted) {
            m_column += m_shown.text[m_counted].isLowSurrogate() ? 0 : 1;
        }
        return m_column;
    }

    AnsiText result() { return std::move(m_shown); }

private:
    AnsiText m_shown;
    qsizetype m_counted = 0; // units that are in m_column
    std::size_t m_column = 0;
};

// The line of a terminal that goes back to its beginning and writes over what was there.
class OverwrittenLine {
public:
    void put(QStringView characters, const AnsiStyle &style)
    {
        if (style != m_styles.back()) {
            m_styles.push_back(style);
        }
        const std::size_t number = m_styles.size() - 1;
        for (qsizetype i = 0; i < characters.size(); ++i) {
            char32_t character = characters[i].unicode();
            if (characters[i].isHighSurrogate() && i + 1 < characters.size()) {
                character = QChar::surrogateToUcs4(characters[i], characters[i + 1]); // fromUtf8 makes whole pairs
                ++i;
            }
            const Cell cell{character, static_cast<quint32>(number)};
            if (m_column < m_cells.size()) {
                m_cells[m_column] = cell;
            } else {
                m_cells.push_back(cell);
            }
            ++m_column;
        }
    }
    void back() { m_column = 0; }
    void eraseBehind() { m_cells.resize(std::min(m_cells.size(), m_column)); }
    std::size_t column() const { return m_column; }

    AnsiText result() const
    {
        GrowingLine line;
        for (const Cell &cell : m_cells) {
            line.put(QStringView(QChar::fromUcs4(cell.character)), m_styles[cell.style]);
        }
        return line.result();
    }

private:
    struct Cell {
        char32_t character = 0;
        quint32 style = 0;
    };

    std::vector<Cell> m_cells;
    std::vector<AnsiStyle> m_styles{AnsiStyle{}};
    std::size_t m_column = 0;
};

enum class Returns { GoBack, AreShown };

template <typename Line> AnsiText written(const QString &text, Returns returns)
{
    Line line;
    AnsiStyle style;
    const std::span<const char16_t> units(reinterpret_cast<const char16_t *>(text.utf16()),
                                          static_cast<std::size_t>(text.size()));
    const QStringView view(text);
    for (std::size_t i = 0; i < units.size();) {
        const std::size_t begin = i;
        while (i < units.size() && !isControl(units[i])) {
            ++i;
        }
        if (i > begin) {
            line.put(view.sliced(static_cast<qsizetype>(begin), static_cast<qsizetype>(i - begin)), style);
            continue;
        }
        const char16_t control = units[i];
        if (control == 0x1b) {
            const Escape escape = readEscape(units, i);
            i = escape.end;
            if (escape.effect == Effect::Graphics) {
                applyGraphics(view.sliced(static_cast<qsizetype>(escape.parameters),
                                          static_cast<qsizetype>(escape.end - 1 - escape.parameters)),
                              style);
            } else if (escape.effect == Effect::EraseBehind) {
                line.eraseBehind();
            }
            continue;
        }
        ++i;
        if (control == u'\t') {
            line.put(QString(static_cast<qsizetype>(tabWidth - line.column() % tabWidth), u' '), style);
        } else if (control == u'\r' && returns == Returns::GoBack) {
            line.back();
        } else {
            line.put(QStringView(QChar::fromUcs4(symbolOf(control))), style);
        }
    }
    return line.result();
}

QByteArrayView withoutLastReturn(QByteArrayView bytes)
{
    return bytes.endsWith('\r') ? bytes.chopped(1) : bytes;
}

// False, with a part appended, when there is more to it than that: other letters, or a carriage return.
bool appendAscii(QByteArray &to, QByteArrayView bytes)
{
    const std::span<const char> units(bytes.data(), static_cast<std::size_t>(bytes.size()));
    std::size_t column = 0;
    for (std::size_t i = 0; i < units.size();) {
        const std::size_t begin = i;
        while (i < units.size() && units[i] >= 0x20 && units[i] < 0x7f) { // other letters are negative
            ++i;
        }
        to.append(bytes.data() + begin, static_cast<qsizetype>(i - begin));
        column += i - begin;
        if (i == units.size()) {
            break;
        }
        const char control = units[i];
        if (control < 0 || control == '\r') {
            return false;
        }
        if (control == 0x1b) {
            const Escape escape = readEscape(units, i);
            if (std::any_of(units.begin() + static_cast<std::ptrdiff_t>(i),
                            units.begin() + static_cast<std::ptrdiff_t>(escape.end), [](char c) { return c < 0; })) {
                return false; // what is no UTF-8 may hide its end
            }
            i = escape.end;
            continue;
        }
        ++i;
        if (control == '\t') {
            const std::size_t spaces = tabWidth - column % tabWidth;
            to.append(static_cast<qsizetype>(spaces), ' ');
            column += spaces;
        } else {
            to += QStringView(QChar::fromUcs4(symbolOf(static_cast<char32_t>(control)))).toUtf8();
            ++column;
        }
    }
    return true;
}

} // namespace

AnsiText ansiText(QByteArrayView bytes, Overwriting overwriting)
{
    bytes = withoutLastReturn(bytes);
    const QString text = QString::fromUtf8(bytes);
    if (std::none_of(text.begin(), text.end(), [](QChar c) { return isControl(c.unicode()); })) {
        return {text};
    }
    if (overwriting == Overwriting::AsATerminal && bytes.contains('\r')) {
        return written<OverwrittenLine>(text, Returns::GoBack);
    }
    return written<GrowingLine>(text, Returns::AreShown);
}

void appendShownText(QByteArray &to, QByteArrayView bytes)
{
    const qsizetype before = to.size();
    if (!appendAscii(to, withoutLastReturn(bytes))) {
        to.truncate(before);
        to += ansiText(bytes, Overwriting::AsATerminal).text.toUtf8();
    }
}

} // namespace PatchPanel::Log
