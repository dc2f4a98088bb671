#pragma once

#include "services/relay/runrequest.h"

#include <QWidget>

class QAction;
class QLineEdit;
class QPushButton;
class QStackedWidget;

namespace PatchPanel::Ui {

class FindBar;
class JsonView;
class ShapeLabel;
class ToneLabel;

// The runner's answer: how it went, how long it took, how large it is, and the JSON as a tree or as text. GUI thread.
class ResponsePanel : public QWidget {
    Q_OBJECT
public:
    explicit ResponsePanel(QWidget *parent = nullptr);

    void showEmpty();
    void showOutcome(const Relay::RunOutcome &outcome);

    JsonView *view() const { return m_view; }
    FindBar *findBar() const { return m_find; }
    // Switches to the text and puts the cursor into its find field.
    void activateFind();
    // For the window's menu; disabled while there is no response.
    QAction *saveAction() const { return m_save; }
    // Writes the response as it was received, on another thread.
    void saveTo(const QString &path);

Q_SIGNALS:
    void responseSaved(const QString &path);
    void responseSaveFailed(const PatchPanel::Error &error);

protected:
    void resizeEvent(QResizeEvent *event) override;

private:
    void fitTools();
    QWidget *makeHeader();
    QWidget *makeTools();
    void makeActions();
    QPushButton *makeMenuButton(const QString &text, const QString &name, const QList<QAction *> &actions);
    void connectView();
    void setRaw(bool raw);
    void refreshTools();
    void showNote();
    void chooseAndSave();
    void showMenu(const QPoint &position);

    QStackedWidget *m_pages;
    ShapeLabel *m_shape;
    ToneLabel *m_status;
    ToneLabel *m_facts;
    JsonView *m_view;
    FindBar *m_find;
    QLineEdit *m_filter;
    ToneLabel *m_note;
    ToneLabel *m_problem; // why there is no tree
    QPushButton *m_treeButton;
    QPushButton *m_rawButton;
    QPushButton *m_expand;
    QPushButton *m_collapse;
    QAction *m_copyValue;
    QAction *m_copyPointer;
    QAction *m_copyJqPath;
    QAction *m_copyAll;
    QAction *m_showValue;
    QWidget *m_tools = nullptr;
    QPushButton *m_saveButton = nullptr;
    QAction *m_save;
    QString m_runId;
    bool m_modePicked = false; // by the user, for this response
};

} // namespace PatchPanel::Ui
