#pragma once

#include <QFont>
#include <QString>

#include <memory>
#include <vector>

class QPainter;
class QPointF;
class QTextLayout;
class QTextLine;

namespace PatchPanel::Ui {

// Where the characters of one line lie: in a single row, or wrapped into rows of one width. What is ASCII only is
// reckoned, as the font is monospaced; everything else is shaped once. Columns are UTF-16 units, x are pixels from the
// left of the row. The line itself runs from left to right; words of right-to-left scripts within it are shaped as they
// are read. Marks that would turn the text behind them around are shown as a symbol. A value; GUI thread.
class LineLayout {
public:
    struct Metrics {
        QFont font = {};
        qreal characterWidth = 1;
        qreal wrapWidth = 0; // pixels; 0: one row
    };

    LineLayout(QString text, const Metrics &metrics);

    const QString &text() const { return m_text; }
    bool isShaped() const { return m_shaped != nullptr; }
    // Characters need not lie in the order of their columns.
    bool isReordered() const { return m_isReordered; }

    qsizetype rowCount() const; // at least 1
    qsizetype rowBegin(qsizetype row) const;
    qsizetype rowEnd(qsizetype row) const; // where the next row begins
    // The row of the character at that column; of the last one for the end of the text.
    qsizetype rowOf(qsizetype column) const;

    // Columns of other rows lie at the row's ends; behind the text's end the line break has the width of a character.
    qreal xOf(qsizetype row, qsizetype column) const;
    // The place between two characters that is nearest.
    qsizetype columnAt(qsizetype row, qreal x) const;
    qreal width() const { return endOf(0); } // of the first row

    struct Extent {
        qreal left;
        qreal width;
    };
    // The places of these columns of the row; more than one where the text is reordered.
    std::vector<Extent> extentsOf(qsizetype row, qsizetype from, qsizetype to) const;
    // In the painter's pen and font; `origin` is the left end of the row's baseline.
    void draw(QPainter &painter, const QPointF &origin, qsizetype row, qsizetype from, qsizetype to) const;

private:
    QTextLine lineAt(qsizetype row) const;
    qreal endOf(qsizetype row) const;
    void drawReordered(QPainter &painter, const QPointF &origin, qsizetype row, qsizetype from, qsizetype to) const;

    QString m_text;
    qreal m_characterWidth;
    qsizetype m_rowColumns; // of ASCII; 0: one row
    std::shared_ptr<QTextLayout> m_shaped; // null: ASCII
    bool m_isReordered;
};

} // namespace PatchPanel::Ui
