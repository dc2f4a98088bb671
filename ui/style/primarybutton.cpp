#include "ui/style/primarybutton.h"

#include "ui/style/colors.h"
#include "ui/style/shape.h"

#include <QPainter>
#include <QStyle>

namespace PatchPanel::Ui {

namespace {

constexpr int margin = 12;
constexpr int iconSide = 12;
constexpr int spacing = 7;
constexpr qreal radius = 4;

} // namespace

QSize PrimaryButton::sizeHint() const
{
    const QSize standard = QPushButton::sizeHint();
    return {fontMetrics().horizontalAdvance(text()) + iconSide + spacing + 2 * margin, standard.height()};
}

void PrimaryButton::paintEvent(QPaintEvent *)
{
    const Colors &colors = colorsFor(palette());
    QColor background = colors.primary;
    QColor foreground = colors.primaryText;
    if (!isEnabled()) {
        background = colors.raised;
        foreground = colors.muted;
    } else if (isDown()) {
        background = background.darker(118);
    } else if (underMouse()) {
        background = background.darker(108);
    }
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(isEnabled() ? QPen(Qt::NoPen) : QPen(colors.border));
    painter.setBrush(background);
    const QRectF body = QRectF(rect()).adjusted(1.5, 1.5, -1.5, -1.5);
    painter.drawRoundedRect(body, radius, radius);
    if (hasFocus()) {
        painter.setBrush(Qt::NoBrush);
        painter.setPen(QPen(foreground, 1));
        painter.drawRoundedRect(body.adjusted(2, 2, -2, -2), radius - 1, radius - 1);
    }
    const int contentWidth = iconSide + spacing + fontMetrics().horizontalAdvance(text());
    const int left = (width() - contentWidth) / 2;
    const int textLeft = left + iconSide + spacing;
    const auto placed = [this](int x, int width) {
        return QStyle::visualRect(layoutDirection(), rect(), QRect(x, 0, width, height()));
    };
    paintShape(painter, placed(left, iconSide), Shape::Play, foreground);
    painter.setPen(foreground);
    painter.drawText(placed(textLeft, width() - textLeft), Qt::AlignLeft | Qt::AlignVCenter, text());
}

} // namespace PatchPanel::Ui
