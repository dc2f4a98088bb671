#pragma once

#include <QDialog>
#include <QPointer>

class QAction;
class QLineEdit;
class QListView;
class QMainWindow;

namespace PatchPanel::Ui {

class CommandsModel;
class ToneLabel;

// Every action of the window by its name: type a few of its letters, Return does it. Recent tasks are in it, as they
// are in a menu. It closes when it loses the focus. GUI thread; deletes itself.
class CommandPalette : public QDialog {
    Q_OBJECT
public:
    explicit CommandPalette(QMainWindow &window);

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;
    void changeEvent(QEvent *event) override;
    void paintEvent(QPaintEvent *event) override;
    void showEvent(QShowEvent *event) override;

private:
    void filter(const QString &typed);
    void act();

    CommandsModel *m_model;
    QLineEdit *m_typed;
    QListView *m_list;
    ToneLabel *m_nothing; // shown when nothing fits
};

} // namespace PatchPanel::Ui
