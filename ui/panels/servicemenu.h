#pragma once

#include "app/servicehost.h"

#include <QMenu>

namespace PatchPanel::Ui {

// What can be done with one service. The same menu hangs at its row and in the menu bar.
class ServiceMenu : public QMenu {
    Q_OBJECT
public:
    explicit ServiceMenu(const App::ServiceInfo &service, QWidget *parent = nullptr);

    void setService(const App::ServiceInfo &service);

Q_SIGNALS:
    void startRequested(const QString &name);
    void stopRequested(const QString &name);
    void restartRequested(const QString &name);
    void logRequested(const QString &name);
    void copied(const QString &what); // into the clipboard

private:
    void copy(const QString &text, const QString &what);

    App::ServiceInfo m_service;
    QAction *m_start;
    QAction *m_stop;
    QAction *m_restart;
    QAction *m_copyUrl;
};

} // namespace PatchPanel::Ui
