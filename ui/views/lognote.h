#pragma once

#include <QWidget>

class QPushButton;

namespace PatchPanel::Ui {

class ToneLabel;

// Stands above the first line of the log: how many earlier lines are hidden or no longer kept.
class LogNote : public QWidget {
    Q_OBJECT
public:
    explicit LogNote(QWidget *parent = nullptr);

    // Lines that were cleared and can be shown again, and lines that are gone for good.
    void setCounts(qsizetype cleared, qsizetype dropped);
    bool hasText() const;
    QString text() const;

Q_SIGNALS:
    void undoRequested();
    void filesRequested(); // where the output of the commands is kept whole

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    ToneLabel *m_text;
    QPushButton *m_undo;
    QPushButton *m_open;
    qsizetype m_cleared = 0;
    qsizetype m_dropped = 0;
};

} // namespace PatchPanel::Ui
