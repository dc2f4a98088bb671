#pragma once

#include "app/servicehost.h"

#include <QWidget>

class QPushButton;

namespace PatchPanel::Ui {

class ServiceMenu;
class ShapeLabel;
class Sparkline;
class ToneLabel;

// One service: shape, name, address, state in words, how fast it answered of late, its menu, and Start while it is
// down.
class ServiceRow : public QWidget {
    Q_OBJECT
public:
    explicit ServiceRow(const App::ServiceInfo &service, QWidget *parent = nullptr);

    void setService(const App::ServiceInfo &service);
    const App::ServiceInfo &service() const { return m_service; }
    ServiceMenu *menu() const { return m_menu; }
    // What the row says: "Up 14 min · 41 runs".
    QString stateText() const;
    void refreshUptime();

Q_SIGNALS:
    void startRequested(const QString &name);

private:
    void openMenu();

    App::ServiceInfo m_service;
    ShapeLabel *m_shape;
    ToneLabel *m_name;
    ToneLabel *m_address;
    ToneLabel *m_state;
    QWidget *m_speed;
    Sparkline *m_sparkline;
    ToneLabel *m_latency;
    QPushButton *m_start;
    QPushButton *m_more;
    ServiceMenu *m_menu;
};

} // namespace PatchPanel::Ui
