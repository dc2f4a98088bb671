#pragma once

#include <QStyledItemDelegate>

namespace PatchPanel::Ui {

// A path within `width` pixels: folders are left out before the file's name loses anything.
QString elidedPath(const QString &path, const QFontMetrics &metrics, int width);

// Draws paths so that the file's name can be read in a narrow column: the folder muted, and elided first.
class PathDelegate : public QStyledItemDelegate {
    Q_OBJECT
public:
    using QStyledItemDelegate::QStyledItemDelegate;

    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override;
};

} // namespace PatchPanel::Ui
