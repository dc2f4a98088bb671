#include "ui/style/veil.h"

#include "ui/style/colors.h"

#include <QEvent>
#include <QPainter>

namespace PatchPanel::Ui {

Veil::Veil(QWidget *covered)
    : QWidget(covered)
{
    setAttribute(Qt::WA_TransparentForMouseEvents);
    covered->installEventFilter(this);
    hide();
}

bool Veil::eventFilter(QObject *watched, QEvent *event)
{
    if (event->type() == QEvent::Resize) {
        resize(parentWidget()->size());
    }
    return QWidget::eventFilter(watched, event);
}

void Veil::showEvent(QShowEvent *event)
{
    QWidget::showEvent(event);
    resize(parentWidget()->size());
    raise();
}

void Veil::paintEvent(QPaintEvent *)
{
    QColor color = colorsFor(palette()).base;
    color.setAlphaF(0.45F);
    QPainter(this).fillRect(rect(), color);
}

} // namespace PatchPanel::Ui
