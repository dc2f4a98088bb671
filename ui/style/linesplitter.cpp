#include "ui/style/linesplitter.h"

#include "ui/style/colors.h"

#include <QPainter>
#include <QSplitterHandle>

namespace PatchPanel::Ui {

namespace {

constexpr int grabWidth = 5;

class LineHandle : public QSplitterHandle {
public:
    using QSplitterHandle::QSplitterHandle;

protected:
    void paintEvent(QPaintEvent *) override
    {
        QPainter painter(this);
        const QColor &color = colorsFor(palette()).border;
        if (orientation() == Qt::Horizontal) {
            painter.fillRect(width() / 2, 0, 1, height(), color);
        } else {
            painter.fillRect(0, height() / 2, width(), 1, color);
        }
    }
};

} // namespace

LineSplitter::LineSplitter(Qt::Orientation orientation, QWidget *parent)
    : QSplitter(orientation, parent)
{
    setHandleWidth(grabWidth);
    setChildrenCollapsible(false);
}

QSplitterHandle *LineSplitter::createHandle()
{
    return new LineHandle(orientation(), this);
}

} // namespace PatchPanel::Ui
