#pragma once

#include "app/servicehost.h"

#include <QWidget>

class QPushButton;

namespace PatchPanel::Ui {

class ShapeLabel;
class ToneLabel;

// One service: shape, name, address, state in words, and the button that starts or stops it.
class ServiceRow : public QWidget {
    Q_OBJECT
public:
    explicit ServiceRow(const App::ServiceInfo &service, QWidget *parent = nullptr);

    void setService(const App::ServiceInfo &service);
    const App::ServiceInfo &service() const { return m_service; }
    // What the row says: "Up 14 min · 3 ms".
    QString stateText() const;
    void refreshUptime();

Q_SIGNALS:
    void startRequested(const QString &name);
    void stopRequested(const QString &name);

private:
    App::ServiceInfo m_service;
    ShapeLabel *m_shape;
    ToneLabel *m_name;
    ToneLabel *m_address;
    ToneLabel *m_state;
    QPushButton *m_toggle;
};

} // namespace PatchPanel::Ui
