#include "ui/style/labels.h"

#include <QEvent>
#include <QPainter>
#include <QStyle>

namespace PatchPanel::Ui {

ToneLabel::ToneLabel(Tone tone, QWidget *parent)
    : QLabel(parent)
    , m_tone(tone)
{
    setTextFormat(Qt::PlainText);
    setForegroundRole(QPalette::WindowText); // else the background of a parent decides
    recolor();
    alignToLayout();
}

ToneLabel::ToneLabel(const QString &text, Tone tone, QWidget *parent)
    : ToneLabel(tone, parent)
{
    setText(text);
}

void ToneLabel::setTone(Tone tone)
{
    m_tone = tone;
    recolor();
}

void ToneLabel::elide(Qt::TextElideMode mode)
{
    m_elideMode = mode;
    setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
}

QSize ToneLabel::minimumSizeHint() const
{
    const QSize whole = QLabel::minimumSizeHint();
    return isElided() ? QSize(0, whole.height()) : whole;
}

void ToneLabel::paintEvent(QPaintEvent *event)
{
    if (!isElided()) {
        QLabel::paintEvent(event);
        return;
    }
    QPainter painter(this);
    const QRect area = contentsRect();
    const QString shown = fontMetrics().elidedText(text(), m_elideMode, area.width());
    const int direction = shown.isRightToLeft() ? Qt::TextForceRightToLeft : Qt::TextForceLeftToRight;
    style()->drawItemText(&painter, area, static_cast<int>(alignment()) | direction, palette(), isEnabled(), shown,
                          foregroundRole());
}

void ToneLabel::alignTrailing()
{
    m_isTrailing = true;
    alignToLayout();
}

// QLabel goes by the direction of its text.
void ToneLabel::alignToLayout()
{
    const Qt::Alignment across = alignment() & Qt::AlignHorizontal_Mask & ~Qt::AlignAbsolute;
    if (across == Qt::AlignLeft || across == Qt::AlignRight) {
        const bool isMirrored = layoutDirection() == Qt::RightToLeft;
        const Qt::Alignment side = isMirrored != m_isTrailing ? Qt::AlignRight : Qt::AlignLeft;
        setAlignment(side | Qt::AlignAbsolute | (alignment() & Qt::AlignVertical_Mask));
    }
}

void ToneLabel::changeEvent(QEvent *event)
{
    QLabel::changeEvent(event);
    if (event->type() == QEvent::PaletteChange) {
        recolor();
    } else if (event->type() == QEvent::LayoutDirectionChange) {
        alignToLayout();
    }
}

void ToneLabel::recolor()
{
    const QColor &wanted = colorsFor(palette()).of(m_tone);
    if (palette().color(QPalette::WindowText) == wanted) {
        return;
    }
    QPalette changed; // only this one role: the others keep following the application
    changed.setColor(QPalette::WindowText, wanted);
    setPalette(changed);
}

ShapeLabel::ShapeLabel(Shape shape, Tone tone, QWidget *parent)
    : QWidget(parent)
    , m_shape(shape)
    , m_tone(tone)
{
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
}

void ShapeLabel::setShape(Shape shape, Tone tone)
{
    m_shape = shape;
    m_tone = tone;
    update();
}

QSize ShapeLabel::sizeHint() const
{
    const int side = fontMetrics().height();
    return {side, side};
}

void ShapeLabel::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    paintShape(painter, rect(), m_shape, colorsFor(palette()).of(m_tone));
}

QLabel *makeHeading(const QString &text, QWidget *parent)
{
    auto *label = new ToneLabel(text.toUpper(), Tone::Muted, parent);
    QFont font = label->font();
    font.setBold(true);
    font.setPointSizeF(font.pointSizeF() * 0.85);
    font.setLetterSpacing(QFont::PercentageSpacing, 106);
    label->setFont(font);
    return label;
}

} // namespace PatchPanel::Ui
