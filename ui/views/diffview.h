#pragma once

#include "ui/models/difflines.h"
#include "ui/views/lineview.h"

namespace PatchPanel::Ui {

// The unified diff of one file with old and new line numbers. GUI thread.
class DiffView : public LineView {
    Q_OBJECT
public:
    explicit DiffView(QWidget *parent = nullptr);

    void setDiff(const QByteArray &diff);

    qsizetype lineCount() const override { return m_lines.size(); }
    QString lineText(qsizetype line) const override;

    // The first line of the change behind (before) the one on top; false when there is none.
    bool showNextChange();
    bool showPreviousChange();
    void showLastChange();

protected:
    Look lookOf(qsizetype line) const override;
    int gutterWidth() const override;
    void paintGutter(QPainter &painter, qsizetype line, const QRect &area) const override;

private:
    bool startsChange(qsizetype line) const;
    void goTo(qsizetype line);

    QList<DiffLine> m_lines;
    int m_numberColumns = 3;
    qsizetype m_shownChange = -1; // where next and previous start from
};

} // namespace PatchPanel::Ui
