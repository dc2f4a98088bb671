#include "ui/style/flatstyle.h"

#include "ui/style/colors.h"
#include "ui/style/shape.h"

#include <QAbstractSpinBox>
#include <QPainter>
#include <QStyleOption>

#include <algorithm>

namespace PatchPanel::Ui {

namespace {

constexpr int cellMargin = 8; // pixels left and right of the text of cells
constexpr int headerIndent = 6; // what a header lacks to stand above its cells
constexpr int buttonPadding = 10; // pixels left and right of the text
constexpr int fieldPadding = 4; // pixels left and right of a text that is typed
constexpr qreal radius = 4;

QColor tinted(QColor color, float strength)
{
    color.setAlphaF(strength);
    return color;
}

void drawButton(const QStyleOptionButton &option, QPainter &painter)
{
    const Colors &colors = colorsFor(option.palette);
    const bool enabled = option.state.testFlag(QStyle::State_Enabled);
    const bool hovered = enabled && option.state.testFlag(QStyle::State_MouseOver);
    const bool pressed = option.state.testFlag(QStyle::State_Sunken);
    const bool checked = option.state.testFlag(QStyle::State_On);
    const bool focused = option.state.testFlag(QStyle::State_HasFocus);
    const bool flat = option.features.testFlag(QStyleOptionButton::Flat);
    const QRectF body = QRectF(option.rect).adjusted(0.5, 0.5, -0.5, -0.5);
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(focused || checked ? QPen(colors.accent) : flat ? QPen(Qt::NoPen) : QPen(colors.border));
    painter.setBrush(checked ? colors.selection : flat ? QColor(Qt::transparent) : colors.raised);
    painter.drawRoundedRect(body, radius, radius);
    if (hovered || pressed) {
        painter.setPen(Qt::NoPen);
        painter.setBrush(tinted(colors.text, pressed ? 0.14F : 0.06F));
        painter.drawRoundedRect(body, radius, radius);
    }
    painter.restore();
    if (option.features.testFlag(QStyleOptionButton::HasMenu)) {
        constexpr int arrow = 10;
        const QRect place(option.rect.right() - 16, option.rect.center().y() - arrow / 2 + 1, arrow, arrow);
        paintShape(painter, QStyle::visualRect(option.direction, option.rect, place), Shape::ChevronDown,
                   enabled ? colors.text : colors.muted);
    }
}

// The frame of a field that one types in, or of a box that one opens.
void drawField(const QStyleOption &option, QPainter &painter, const QColor &background)
{
    const Colors &colors = colorsFor(option.palette);
    const bool enabled = option.state.testFlag(QStyle::State_Enabled);
    const bool focused = enabled && option.state.testFlag(QStyle::State_HasFocus);
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(focused ? colors.accent : colors.border);
    painter.setBrush(background);
    painter.drawRoundedRect(QRectF(option.rect).adjusted(0.5, 0.5, -0.5, -0.5), radius, radius);
    if (enabled && option.state.testFlag(QStyle::State_MouseOver)) {
        painter.setPen(Qt::NoPen);
        painter.setBrush(tinted(colors.text, 0.04F));
        painter.drawRoundedRect(QRectF(option.rect).adjusted(1, 1, -1, -1), radius, radius);
    }
    painter.restore();
}

void drawComboBox(const QStyleOptionComboBox &option, QPainter &painter, const QRect &arrow)
{
    const Colors &colors = colorsFor(option.palette);
    drawField(option, painter, option.editable ? colors.base : colors.raised);
    constexpr qreal side = 10;
    QRectF place(0, 0, side, side);
    place.moveCenter(QRectF(arrow).center());
    paintShape(painter, place, Shape::ChevronDown,
               option.state.testFlag(QStyle::State_Enabled) ? colors.text : colors.muted);
}

// One of the two steps of a box for numbers.
void drawStep(const QStyleOptionSpinBox &option, QPainter &painter, QStyle::SubControl step, const QRect &place)
{
    const Colors &colors = colorsFor(option.palette);
    const bool isUp = step == QStyle::SC_SpinBoxUp;
    const bool enabled = option.state.testFlag(QStyle::State_Enabled)
        && option.stepEnabled.testFlag(isUp ? QAbstractSpinBox::StepUpEnabled : QAbstractSpinBox::StepDownEnabled);
    if (enabled && option.activeSubControls.testFlag(step)) {
        const bool pressed = option.state.testFlag(QStyle::State_Sunken);
        painter.fillRect(place, tinted(colors.text, pressed ? 0.14F : 0.06F));
    }
    constexpr qreal side = 8;
    QRectF arrow(0, 0, side, side);
    arrow.moveCenter(QRectF(place).center());
    paintShape(painter, arrow, isUp ? Shape::ChevronUp : Shape::ChevronDown, enabled ? colors.text : colors.muted);
}

void drawTab(const QStyleOptionTab &option, QPainter &painter)
{
    const Colors &colors = colorsFor(option.palette);
    const bool selected = option.state.testFlag(QStyle::State_Selected);
    constexpr int lineWidth = 2;
    painter.fillRect(option.rect, selected ? colors.base : colors.window);
    if (selected) {
        painter.fillRect(QRect(option.rect.left(), option.rect.top(), option.rect.width(), lineWidth), colors.accent);
    } else if (option.state.testFlag(QStyle::State_MouseOver)) {
        painter.fillRect(option.rect, tinted(colors.text, 0.05F));
    }
}

// The check box of a row. Fusion's has a frame that cannot be seen on a dark background.
void drawItemCheck(const QStyleOption &option, QPainter &painter)
{
    const Colors &colors = colorsFor(option.palette);
    const bool enabled = option.state.testFlag(QStyle::State_Enabled);
    const qreal side = std::min(option.rect.width(), option.rect.height());
    QRectF box(0, 0, side - 1, side - 1);
    box.moveCenter(QRectF(option.rect).center());
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(colors.muted);
    painter.setBrush(colors.base);
    painter.drawRoundedRect(box, radius / 2, radius / 2);
    painter.restore();
    if (option.state.testFlag(QStyle::State_On)) {
        paintShape(painter, box, Shape::Check, enabled ? colors.text : colors.muted);
    }
}

void drawHeaderSection(const QStyleOption &option, QPainter &painter)
{
    const Colors &colors = colorsFor(option.palette);
    painter.fillRect(option.rect, colors.window);
    painter.fillRect(option.rect.left(), option.rect.bottom(), option.rect.width(), 1, colors.border);
}

void drawScrollBar(const QStyleOptionSlider &option, QPainter &painter, const QRect &slider)
{
    const Colors &colors = colorsFor(option.palette);
    painter.fillRect(option.rect, colors.base);
    if (option.maximum <= option.minimum) {
        return;
    }
    constexpr int margin = 4;
    const QRectF thumb = option.orientation == Qt::Vertical ? QRectF(slider).adjusted(margin, 0, -margin, 0)
                                                            : QRectF(slider).adjusted(0, margin, 0, -margin);
    const qreal round = std::min(thumb.width(), thumb.height()) / 2;
    const bool active = option.state.testFlag(QStyle::State_MouseOver) || option.state.testFlag(QStyle::State_Sunken);
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(tinted(colors.muted, active ? 0.9F : 0.6F));
    painter.drawRoundedRect(thumb, round, round);
    painter.restore();
}

} // namespace

FlatStyle::FlatStyle()
    : QProxyStyle(QStringLiteral("Fusion"))
{
}

int FlatStyle::pixelMetric(PixelMetric metric, const QStyleOption *option, const QWidget *widget) const
{
    constexpr int addedByViews = 1;
    return metric == PM_FocusFrameHMargin ? cellMargin - addedByViews
                                          : QProxyStyle::pixelMetric(metric, option, widget);
}

QSize FlatStyle::sizeFromContents(ContentsType type, const QStyleOption *option, const QSize &size,
                                  const QWidget *widget) const
{
    QSize wanted = QProxyStyle::sizeFromContents(type, option, size, widget);
    const auto *button = type == CT_PushButton ? qstyleoption_cast<const QStyleOptionButton *>(option) : nullptr;
    if (button && !button->text.isEmpty() && !button->features.testFlag(QStyleOptionButton::Flat)) {
        wanted.setWidth(std::max(wanted.width(), size.width() + 2 * buttonPadding)); // Fusion gives a long text no room
    }
    if (button && button->features.testFlag(QStyleOptionButton::HasMenu)) {
        return wanted + QSize(cellMargin, 0); // the arrow stands apart from the text
    }
    return type == CT_HeaderSection ? wanted + QSize(2 * headerIndent, 0) : wanted;
}

QRect FlatStyle::subElementRect(SubElement element, const QStyleOption *option, const QWidget *widget) const
{
    const QRect place = QProxyStyle::subElementRect(element, option, widget);
    const auto *frame = qstyleoption_cast<const QStyleOptionFrame *>(option);
    return element == SE_LineEditContents && frame && frame->lineWidth > 0
        ? place.adjusted(fieldPadding, 0, -fieldPadding, 0)
        : place;
}

void FlatStyle::drawPrimitive(PrimitiveElement element, const QStyleOption *option, QPainter *painter,
                              const QWidget *widget) const
{
    const auto *frame = qstyleoption_cast<const QStyleOptionFrame *>(option);
    if (element == PE_PanelLineEdit && frame) {
        if (frame->lineWidth > 0) { // else it is part of something with a frame of its own
            drawField(*frame, *painter, colorsFor(frame->palette).base);
        }
        return;
    }
    if (element == PE_PanelScrollAreaCorner) {
        painter->fillRect(option->rect, colorsFor(option->palette).base);
        return;
    }
    if (element == PE_IndicatorItemViewItemCheck) {
        drawItemCheck(*option, *painter);
        return;
    }
    QProxyStyle::drawPrimitive(element, option, painter, widget);
}

void FlatStyle::drawControl(ControlElement element, const QStyleOption *option, QPainter *painter,
                            const QWidget *widget) const
{
    switch (element) {
    case CE_PushButtonBevel:
        if (const auto *button = qstyleoption_cast<const QStyleOptionButton *>(option)) {
            drawButton(*button, *painter);
            return;
        }
        break;
    case CE_TabBarTabShape:
        if (const auto *tab = qstyleoption_cast<const QStyleOptionTab *>(option)) {
            drawTab(*tab, *painter);
            return;
        }
        break;
    case CE_ComboBoxLabel:
        if (const auto *box = qstyleoption_cast<const QStyleOptionComboBox *>(option); box && !box->editable) {
            const int icon = box->currentIcon.isNull() ? 0 : box->iconSize.width() + 4;
            const int room = subControlRect(CC_ComboBox, box, SC_ComboBoxEditField, widget).width() - icon - 2;
            QStyleOptionComboBox shown = *box;
            shown.currentText = box->fontMetrics.elidedText(box->currentText, Qt::ElideRight, room);
            QProxyStyle::drawControl(element, &shown, painter, widget);
            return;
        }
        break;
    case CE_HeaderSection:
    case CE_HeaderEmptyArea:
        drawHeaderSection(*option, *painter);
        return;
    case CE_HeaderLabel:
        if (const auto *header = qstyleoption_cast<const QStyleOptionHeader *>(option)) {
            QStyleOptionHeader indented = *header;
            indented.rect.adjust(headerIndent, 0, -headerIndent, 0);
            QProxyStyle::drawControl(element, &indented, painter, widget);
            return;
        }
        break;
    default:
        break;
    }
    QProxyStyle::drawControl(element, option, painter, widget);
}

void FlatStyle::drawComplexControl(ComplexControl control, const QStyleOptionComplex *option, QPainter *painter,
                                   const QWidget *widget) const
{
    const auto *slider = qstyleoption_cast<const QStyleOptionSlider *>(option);
    if (control == CC_ScrollBar && slider) {
        drawScrollBar(*slider, *painter, subControlRect(control, option, SC_ScrollBarSlider, widget));
        return;
    }
    const auto *box = qstyleoption_cast<const QStyleOptionComboBox *>(option);
    if (control == CC_ComboBox && box) {
        drawComboBox(*box, *painter, subControlRect(control, option, SC_ComboBoxArrow, widget));
        return;
    }
    const auto *number = qstyleoption_cast<const QStyleOptionSpinBox *>(option);
    if (control == CC_SpinBox && number) {
        drawField(*number, *painter, colorsFor(number->palette).base);
        if (number->buttonSymbols != QAbstractSpinBox::NoButtons) {
            for (const SubControl step : {SC_SpinBoxUp, SC_SpinBoxDown}) {
                drawStep(*number, *painter, step, subControlRect(control, option, step, widget).adjusted(0, 1, -1, 0));
            }
        }
        return;
    }
    QProxyStyle::drawComplexControl(control, option, painter, widget);
}

} // namespace PatchPanel::Ui
