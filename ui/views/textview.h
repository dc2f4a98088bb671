#pragma once

#include "ui/models/textlines.h"
#include "ui/views/lineview.h"

namespace PatchPanel::Ui {

// A text of any size. GUI thread.
class TextView : public LineView {
    Q_OBJECT
public:
    using LineView::LineView;

    // Splits the text here: for small ones.
    void setText(const QByteArray &text) { setLines(splitLines(text)); }
    // Null: no text.
    void setLines(const std::shared_ptr<const TextLines> &lines);
    // The lines that are there and more behind them: place and selection stay.
    void extendLines(const std::shared_ptr<const TextLines> &lines);

    qsizetype lineCount() const override { return m_lines ? m_lines->count() : 0; }
    QString lineText(qsizetype line) const override;
    QString drawnText(qsizetype line) const override;

protected:
    void visitLines(qsizetype from, qsizetype end, const LineFinder::Visitor &visit) const override;

private:
    std::shared_ptr<const TextLines> m_lines;
};

} // namespace PatchPanel::Ui
