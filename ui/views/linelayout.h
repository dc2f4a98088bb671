#pragma once

#include <QFont>
#include <QString>

#include <memory>

class QTextLayout;
class QTextLine;

namespace PatchPanel::Ui {

// Where the characters of one line lie: in a single row, or wrapped into rows of one width. What is ASCII only is
// reckoned, as the font is monospaced; everything else is shaped once. Columns are UTF-16 units, x are pixels from the
// left of the row. A value; GUI thread.
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

    qsizetype rowCount() const; // at least 1
    qsizetype rowBegin(qsizetype row) const;
    qsizetype rowEnd(qsizetype row) const; // where the next row begins
    // The row of the character at that column; of the last one for the end of the text.
    qsizetype rowOf(qsizetype column) const;

    // Columns of other rows lie at the row's ends; behind the text's end the line break has the width of a character.
    qreal xOf(qsizetype row, qsizetype column) const;
    // The place between two characters that is nearest.
    qsizetype columnAt(qsizetype row, qreal x) const;
    qreal width() const { return xOf(0, m_text.size()); } // of the first row

private:
    QTextLine lineAt(qsizetype row) const;

    QString m_text;
    qreal m_characterWidth;
    qsizetype m_rowColumns; // of ASCII; 0: one row
    std::shared_ptr<QTextLayout> m_shaped; // null: ASCII
};

} // namespace PatchPanel::Ui
