#pragma once

#include "ui/style/colors.h"

#include <QIcon>
#include <QRectF>

class QPainter;

namespace PatchPanel::Ui {

// The state shapes and the few pictograms of the window. Drawn, not taken from a font, so they look alike everywhere.
enum class Shape {
    Dot, // up
    HalfDot, // starting, stopping
    DashedRing, // stopped
    Ring, // pending
    Diamond, // remote
    Triangle, // degraded, warning
    Check,
    Cross,
    Square, // cancelled
    Dash, // nothing to do
    Plus,
    Tilde,
    Minus,
    Arrow,
    Play,
    ChevronUp,
    ChevronDown,
    Dots, // more
    Lines, // of which some are left out
};

// Fills the square in the middle of `rect`.
void paintShape(QPainter &painter, const QRectF &rect, Shape shape, const QColor &color);

// An icon that takes its colour from the application's palette whenever it is painted.
QIcon shapeIcon(Shape shape, Tone tone = Tone::Text);

} // namespace PatchPanel::Ui
