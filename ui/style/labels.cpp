#include "ui/style/labels.h"

#include <QEvent>
#include <QPainter>

namespace PatchPanel::Ui {

ToneLabel::ToneLabel(Tone tone, QWidget *parent)
    : QLabel(parent)
    , m_tone(tone)
{
    setTextFormat(Qt::PlainText);
    setForegroundRole(QPalette::WindowText); // else the background of a parent decides
    recolor();
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

void ToneLabel::changeEvent(QEvent *event)
{
    QLabel::changeEvent(event);
    if (event->type() == QEvent::PaletteChange) {
        recolor();
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
