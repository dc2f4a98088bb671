#include "ui/style/colors.h"

#include <algorithm>
#include <cmath>

namespace PatchPanel::Ui {

namespace {

double luminance(const QColor &color)
{
    const auto linear = [](double channel) {
        return channel <= 0.04045 ? channel / 12.92 : std::pow((channel + 0.055) / 1.055, 2.4);
    };
    return 0.2126 * linear(color.redF()) + 0.7152 * linear(color.greenF()) + 0.0722 * linear(color.blueF());
}

} // namespace

const QColor &Colors::of(Tone tone) const
{
    switch (tone) {
    case Tone::Muted:
        return muted;
    case Tone::Ok:
        return ok;
    case Tone::Warn:
        return warn;
    case Tone::Error:
        return error;
    case Tone::Info:
        return info;
    case Tone::Running:
        return running;
    case Tone::Text:
        break;
    }
    return text;
}

const Colors &lightColors()
{
    static const Colors colors{
        .base = QColor(0xffffff),
        .window = QColor(0xf6f8fa),
        .raised = QColor(0xf3f5f7),
        .border = QColor(0xd1d9e0),
        .text = QColor(0x1f2328),
        .muted = QColor(0x59636e),
        .ok = QColor(0x1a7f37),
        .warn = QColor(0x9a6700),
        .error = QColor(0xcf222e),
        .info = QColor(0x0969da),
        .running = QColor(0x8250df),
        .added = QColor(0xdafbe1),
        .removed = QColor(0xffebe9),
        .addedWord = QColor(0x9be9a8),
        .removedWord = QColor(0xffb8b2),
        .hunk = QColor(0xeef4fb),
        .selection = QColor(0xcfe4fb),
        .match = QColor(0xfff1b8),
        .currentMatch = QColor(0xffc94d),
        .accent = QColor(0x0969da),
        .accentText = QColor(0xffffff),
        .primary = QColor(0x1a7f37),
        .primaryText = QColor(0xffffff),
    };
    return colors;
}

const Colors &darkColors()
{
    static const Colors colors{
        .base = QColor(0x1e1f22),
        .window = QColor(0x27292d),
        .raised = QColor(0x36393f),
        .border = QColor(0x43464c),
        .text = QColor(0xe6e6e9),
        .muted = QColor(0xa0a4ab),
        .ok = QColor(0x57c46b),
        .warn = QColor(0xe0b341),
        .error = QColor(0xff7b72),
        .info = QColor(0x6cb6ff),
        .running = QColor(0xc297ff),
        .added = QColor(0x12351f),
        .removed = QColor(0x45191c),
        .addedWord = QColor(0x1c6634),
        .removedWord = QColor(0x7f2b2f),
        .hunk = QColor(0x23303f),
        .selection = QColor(0x264f78),
        .match = QColor(0x59490f),
        .currentMatch = QColor(0x806000),
        .accent = QColor(0x2f6fb7),
        .accentText = QColor(0xffffff),
        .primary = QColor(0x237b38),
        .primaryText = QColor(0xffffff),
    };
    return colors;
}

const Colors &colorsFor(const QPalette &palette)
{
    return palette.color(QPalette::Window).lightness() < 128 ? darkColors() : lightColors();
}

QPalette paletteFrom(const Colors &colors)
{
    QPalette palette;
    palette.setColor(QPalette::Window, colors.window);
    palette.setColor(QPalette::WindowText, colors.text);
    palette.setColor(QPalette::Base, colors.base);
    palette.setColor(QPalette::AlternateBase, colors.window);
    palette.setColor(QPalette::Text, colors.text);
    palette.setColor(QPalette::PlaceholderText, colors.muted);
    palette.setColor(QPalette::Button, colors.raised);
    palette.setColor(QPalette::ButtonText, colors.text);
    palette.setColor(QPalette::BrightText, colors.error);
    palette.setColor(QPalette::ToolTipBase, colors.raised);
    palette.setColor(QPalette::ToolTipText, colors.text);
    palette.setColor(QPalette::Highlight, colors.accent);
    palette.setColor(QPalette::HighlightedText, colors.accentText);
    palette.setColor(QPalette::Link, colors.info);
    palette.setColor(QPalette::LinkVisited, colors.info);
    palette.setColor(QPalette::Light, colors.raised.lighter(110));
    palette.setColor(QPalette::Midlight, colors.raised);
    palette.setColor(QPalette::Mid, colors.border);
    palette.setColor(QPalette::Dark, colors.border.darker(120));
    palette.setColor(QPalette::Shadow, colors.border.darker(160));
    for (const QPalette::ColorRole role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText}) {
        palette.setColor(QPalette::Disabled, role, colors.muted);
    }
    return palette;
}

double contrastRatio(const QColor &left, const QColor &right)
{
    const auto [darker, lighter] = std::minmax({luminance(left), luminance(right)});
    return (lighter + 0.05) / (darker + 0.05);
}

QColor readableOn(const QColor &wanted, const QColor &background)
{
    constexpr double least = 4.5; // WCAG 2.2, 1.4.3
    if (contrastRatio(wanted, background) >= least) {
        return wanted;
    }
    const QColor white(Qt::white);
    const QColor black(Qt::black);
    const QColor &target = contrastRatio(white, background) > contrastRatio(black, background) ? white : black;
    const auto mixed = [&](int share) { // 256: the target itself
        const auto channel = [share](int from, int to) {
            return from + (to - from) * share / 256;
        };
        return QColor(channel(wanted.red(), target.red()), channel(wanted.green(), target.green()),
                      channel(wanted.blue(), target.blue()));
    };
    int low = 0; // not enough
    int high = 256; // enough: one of black and white reaches 4.58 on any background
    while (high - low > 1) {
        const int middle = (low + high) / 2;
        (contrastRatio(mixed(middle), background) >= least ? high : low) = middle;
    }
    return mixed(high);
}

} // namespace PatchPanel::Ui
