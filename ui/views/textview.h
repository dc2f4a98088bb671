#pragma once

#include "ui/views/lineview.h"

namespace PatchPanel::Ui {

// A text of any size, split at its line breaks once. GUI thread.
class TextView : public LineView {
    Q_OBJECT
public:
    using LineView::LineView;

    void setText(const QByteArray &text);

    qsizetype lineCount() const override { return m_starts.size(); }
    QString lineText(qsizetype line) const override;

private:
    QByteArray m_text;
    QList<qsizetype> m_starts; // where each line begins
};

} // namespace PatchPanel::Ui
