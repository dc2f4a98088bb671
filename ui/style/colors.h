#pragma once

#include <QColor>
#include <QPalette>

namespace PatchPanel::Ui {

// What a text or a shape says. A tone never stands alone: a word and a shape go with it.
enum class Tone { Text, Muted, Ok, Warn, Error, Info, Running };

// The colours of one theme. Every tone reaches 4.5:1 (WCAG 2.2, 1.4.3) on base and on window, text also on the tinted
// backgrounds.
struct Colors {
    QColor base; // log, diff, lists
    QColor window; // strips and side panels
    QColor raised; // buttons
    QColor border;
    QColor text;
    QColor muted;
    QColor ok;
    QColor warn;
    QColor error;
    QColor info;
    QColor running;
    QColor added; // behind added lines
    QColor removed; // behind removed lines
    QColor addedWord; // behind what differs within an added line
    QColor removedWord;
    QColor hunk; // behind hunk headers
    QColor selection; // behind selected text
    QColor match; // behind what find found
    QColor currentMatch;
    QColor accent; // focus rings, selected items of standard widgets
    QColor accentText;
    QColor primary; // the one button that acts
    QColor primaryText;

    const QColor &of(Tone tone) const;
};

const Colors &lightColors();
const Colors &darkColors();

// The theme that `palette` was made from, told by how light its window is.
const Colors &colorsFor(const QPalette &palette);

QPalette paletteFrom(const Colors &colors);

// The contrast ratio of WCAG 2.2: 1 to 21.
double contrastRatio(const QColor &left, const QColor &right);

// The colour nearest to `wanted`, towards black or white, that text on `background` may have: 4.5:1 at least.
QColor readableOn(const QColor &wanted, const QColor &background);

} // namespace PatchPanel::Ui
