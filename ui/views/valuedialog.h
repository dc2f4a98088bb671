#pragma once

#include "ui/models/textlines.h"

#include <QDialog>

namespace PatchPanel::Ui {

class TextView;

// A long text in a window of its own, with find. Deletes itself when it is closed. GUI thread.
class ValueDialog : public QDialog {
    Q_OBJECT
public:
    // `what` names the text.
    explicit ValueDialog(const QString &what, QWidget *parent = nullptr);

    void setLines(const std::shared_ptr<const TextLines> &lines);
    TextView *view() const { return m_view; }

private:
    TextView *m_view;
};

} // namespace PatchPanel::Ui
