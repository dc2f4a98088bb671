#include "ui/style/shape.h"

#include <QApplication>
#include <QIconEngine>
#include <QPainter>
#include <QPainterPath>

namespace PatchPanel::Ui {

namespace {

// Every shape is drawn on a 16 x 16 grid.
constexpr qreal grid = 16;

void fill(QPainter &painter, const QPolygonF &polygon, const QColor &color)
{
    painter.setBrush(color);
    painter.setPen(QPen(color, 1.2, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    painter.drawPolygon(polygon);
}

void stroke(QPainter &painter, const QPolygonF &line, const QColor &color)
{
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(color, 2, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    painter.drawPolyline(line);
}

void ring(QPainter &painter, const QColor &color, Qt::PenStyle style)
{
    QPen pen(color, 1.6, style, Qt::FlatCap);
    if (style == Qt::CustomDashLine) {
        pen.setDashPattern({1.7, 1.245}); // eight dashes around a circle of radius 5
    }
    painter.setBrush(Qt::NoBrush);
    painter.setPen(pen);
    painter.drawEllipse(QPointF(8, 8), 5, 5);
}

void tilde(QPainter &painter, const QColor &color)
{
    QPainterPath path(QPointF(2.5, 9.5));
    path.cubicTo(5, 4, 8, 7, 8, 8);
    path.cubicTo(8, 9, 11, 12, 13.5, 6.5);
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(color, 2, Qt::SolidLine, Qt::RoundCap));
    painter.drawPath(path);
}

void paintOnGrid(QPainter &painter, Shape shape, const QColor &color)
{
    switch (shape) {
    case Shape::Dot:
        painter.setPen(Qt::NoPen);
        painter.setBrush(color);
        painter.drawEllipse(QPointF(8, 8), 5.4, 5.4);
        break;
    case Shape::HalfDot:
        ring(painter, color, Qt::SolidLine);
        painter.setPen(Qt::NoPen);
        painter.setBrush(color);
        painter.drawPie(QRectF(3, 3, 10, 10), 90 * 16, 180 * 16);
        break;
    case Shape::DashedRing:
        ring(painter, color, Qt::CustomDashLine);
        break;
    case Shape::Ring:
        ring(painter, color, Qt::SolidLine);
        break;
    case Shape::Diamond:
        fill(painter, {{8, 2.5}, {13.5, 8}, {8, 13.5}, {2.5, 8}}, color);
        break;
    case Shape::Triangle:
        fill(painter, {{8, 2.8}, {14, 13}, {2, 13}}, color);
        break;
    case Shape::Check:
        stroke(painter, {{3, 8.5}, {6.5, 12}, {13, 4.5}}, color);
        break;
    case Shape::Cross:
        stroke(painter, {{4, 4}, {12, 12}}, color);
        stroke(painter, {{12, 4}, {4, 12}}, color);
        break;
    case Shape::Square:
        fill(painter, {{4, 4}, {12, 4}, {12, 12}, {4, 12}}, color);
        break;
    case Shape::Dash:
        stroke(painter, {{5, 8}, {11, 8}}, color);
        break;
    case Shape::Plus:
        stroke(painter, {{3, 8}, {13, 8}}, color);
        stroke(painter, {{8, 3}, {8, 13}}, color);
        break;
    case Shape::Tilde:
        tilde(painter, color);
        break;
    case Shape::Minus:
        stroke(painter, {{3, 8}, {13, 8}}, color);
        break;
    case Shape::Arrow:
        stroke(painter, {{2.5, 8}, {13, 8}}, color);
        stroke(painter, {{9, 4}, {13, 8}, {9, 12}}, color);
        break;
    case Shape::Play:
        fill(painter, {{4.5, 3}, {13, 8}, {4.5, 13}}, color);
        break;
    case Shape::ChevronUp:
        stroke(painter, {{3.5, 10}, {8, 5.5}, {12.5, 10}}, color);
        break;
    case Shape::ChevronDown:
        stroke(painter, {{3.5, 6}, {8, 10.5}, {12.5, 6}}, color);
        break;
    case Shape::Dots:
        painter.setPen(Qt::NoPen);
        painter.setBrush(color);
        for (const qreal x : {3.0, 8.0, 13.0}) {
            painter.drawEllipse(QPointF(x, 8), 1.5, 1.5);
        }
        break;
    case Shape::Lines:
        stroke(painter, {{2, 4}, {14, 4}}, color);
        stroke(painter, {{4.5, 8}, {11.5, 8}}, color);
        stroke(painter, {{6.5, 12}, {9.5, 12}}, color);
        break;
    }
}

class ShapeIconEngine : public QIconEngine {
public:
    ShapeIconEngine(Shape shape, Tone tone)
        : m_shape(shape)
        , m_tone(tone)
    {
    }

    void paint(QPainter *painter, const QRect &rect, QIcon::Mode mode, QIcon::State) override
    {
        const Colors &colors = colorsFor(QApplication::palette());
        paintShape(*painter, rect, m_shape, mode == QIcon::Disabled ? colors.muted : colors.of(m_tone));
    }

    QPixmap pixmap(const QSize &size, QIcon::Mode mode, QIcon::State state) override
    {
        QPixmap pixmap(size);
        pixmap.fill(Qt::transparent);
        QPainter painter(&pixmap);
        paint(&painter, QRect(QPoint(), size), mode, state);
        return pixmap;
    }

    QIconEngine *clone() const override { return new ShapeIconEngine(*this); }

private:
    Shape m_shape;
    Tone m_tone;
};

} // namespace

void paintShape(QPainter &painter, const QRectF &rect, Shape shape, const QColor &color)
{
    const qreal side = std::min(rect.width(), rect.height());
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.translate(rect.center() - QPointF(side / 2, side / 2));
    painter.scale(side / grid, side / grid);
    paintOnGrid(painter, shape, color);
    painter.restore();
}

QIcon shapeIcon(Shape shape, Tone tone)
{
    return QIcon(new ShapeIconEngine(shape, tone));
}

} // namespace PatchPanel::Ui
