#pragma once

#include "services/relay/runrequest.h"

#include <QWidget>

class QPushButton;
class QStackedWidget;

namespace PatchPanel::Ui {

class FindBar;
class JsonView;
class ShapeLabel;
class ToneLabel;

// The runner's answer: how it went, how long it took, how large it is, and the JSON as a tree or as text.
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

private:
    QWidget *makeHeader();
    QWidget *makeTools();
    void setRaw(bool raw);
    void refreshTools();

    QStackedWidget *m_pages;
    ShapeLabel *m_shape;
    ToneLabel *m_status;
    ToneLabel *m_facts;
    JsonView *m_view;
    FindBar *m_find;
    QPushButton *m_treeButton;
    QPushButton *m_rawButton;
    QPushButton *m_expand;
    QPushButton *m_collapse;
    QPushButton *m_copyValue;
    QPushButton *m_copyPath;
};

} // namespace PatchPanel::Ui
