#include "ui/style/pathdelegate.h"

#include "ui/style/colors.h"

#include <QApplication>
#include <QPainter>

namespace PatchPanel::Ui {

QString elidedPath(const QString &path, const QFontMetrics &metrics, int width)
{
    if (metrics.horizontalAdvance(path) <= width) {
        return path;
    }
    const qsizetype slash = path.lastIndexOf(QLatin1Char('/'));
    if (slash < 0) {
        return metrics.elidedText(path, Qt::ElideMiddle, width);
    }
    const QString name = path.mid(slash); // with the slash
    const QString least = QChar(0x2026) + name;
    if (metrics.horizontalAdvance(least) > width) {
        return metrics.elidedText(name.mid(1), Qt::ElideMiddle, width);
    }
    const QString folder =
        metrics.elidedText(path.left(slash), Qt::ElideMiddle, width - metrics.horizontalAdvance(name));
    return (folder.isEmpty() ? QString(QChar(0x2026)) : folder) + name;
}

void PathDelegate::paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    QStyleOptionViewItem item = option;
    initStyleOption(&item, index);
    const QString path = item.text;
    item.text.clear();
    const QStyle *style = item.widget ? item.widget->style() : QApplication::style();
    style->drawControl(QStyle::CE_ItemViewItem, &item, painter, item.widget);

    const int margin = style->pixelMetric(QStyle::PM_FocusFrameHMargin, &item, item.widget) + 1;
    const int decoration = item.icon.isNull() ? 0 : item.decorationSize.width() + margin;
    const QRect room = item.rect.adjusted(margin + decoration, 0, -margin, 0);
    const QString shown = elidedPath(path, item.fontMetrics, room.width());
    const qsizetype name = shown.lastIndexOf(QLatin1Char('/')) + 1;
    const bool selected = item.state.testFlag(QStyle::State_Selected);
    const Colors &colors = colorsFor(item.palette);
    const int folderWidth = item.fontMetrics.horizontalAdvance(shown.left(name));
    const int width = folderWidth + item.fontMetrics.horizontalAdvance(shown.mid(name));
    const QRect beside(room.left(), room.top(), width, room.height());
    const QRect area = QStyle::visualRect(item.direction, item.rect, beside);
    constexpr int flags = Qt::AlignLeft | Qt::AlignVCenter | Qt::TextSingleLine | Qt::TextDontClip;
    painter->save();
    painter->setLayoutDirection(Qt::LeftToRight); // as paths are read
    painter->setFont(item.font);
    painter->setPen(selected ? colors.text : colors.muted);
    painter->drawText(area, flags, shown.left(name));
    painter->setPen(colors.text);
    painter->drawText(area.adjusted(folderWidth, 0, 0, 0), flags, shown.mid(name));
    painter->restore();
}

} // namespace PatchPanel::Ui
