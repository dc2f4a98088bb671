#include "ui/style/verbatimdelegate.h"

#include <QStyle>

namespace PatchPanel::Ui {

void VerbatimDelegate::initStyleOption(QStyleOptionViewItem *option, const QModelIndex &index) const
{
    QStyledItemDelegate::initStyleOption(option, index);
    option->displayAlignment = QStyle::visualAlignment(option->direction, option->displayAlignment);
    option->direction = Qt::LeftToRight;
}

} // namespace PatchPanel::Ui
