#pragma once

#include "app/servicehost.h"

#include <QTimer>
#include <QWidget>

class QMenu;
class QPushButton;
class QVBoxLayout;

namespace PatchPanel::Ui {

class ServiceRow;
class ShapeLabel;
class ToneLabel;

// The services with their true state, each with its own start and stop.
class ServicesPanel : public QWidget {
    Q_OBJECT
public:
    explicit ServicesPanel(QWidget *parent = nullptr);

    void setServices(const QList<App::ServiceInfo> &services);
    // Adds the service when it is new.
    void updateService(const App::ServiceInfo &service);
    void removeService(const QString &name);
    void setRedis(const App::RedisState &redis);
    // Of each service, in their order.
    QList<QMenu *> menus() const;

Q_SIGNALS:
    void startRequested(const QString &name);
    void stopRequested(const QString &name);
    void restartRequested(const QString &name);
    void logRequested(const QString &name);
    void copied(const QString &what);
    void menusChanged();
    void startAllRequested();
    void stopAllRequested();

protected:
    void showEvent(QShowEvent *event) override;
    void hideEvent(QHideEvent *event) override;

private:
    void refreshButtons();

    QList<ServiceRow *> m_rows;
    QVBoxLayout *m_list;
    QWidget *m_redis;
    ShapeLabel *m_redisShape;
    ToneLabel *m_redisText;
    QPushButton *m_startAll;
    QPushButton *m_stopAll;
    QTimer m_uptime;
};

} // namespace PatchPanel::Ui
