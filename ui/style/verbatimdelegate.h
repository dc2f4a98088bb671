#pragma once

#include <QStyledItemDelegate>

namespace PatchPanel::Ui {

// Cells with paths, commands or signed numbers: read from left to right in any language, and aligned as their column.
class VerbatimDelegate : public QStyledItemDelegate {
    Q_OBJECT
public:
    using QStyledItemDelegate::QStyledItemDelegate;

protected:
    void initStyleOption(QStyleOptionViewItem *option, const QModelIndex &index) const override;
};

} // namespace PatchPanel::Ui
