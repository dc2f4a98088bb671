#pragma once

#include "app/servicehost.h"

#include <QStatusBar>

class QPushButton;

namespace PatchPanel::Ui {

class ToneLabel;

// The line at the bottom: services, log lines, the last message, the run and the workspace. The parts are buttons that
// lead to their panel.
class StatusBar : public QStatusBar {
    Q_OBJECT
public:
    explicit StatusBar(QWidget *parent = nullptr);

    void setServices(const QList<App::ServiceInfo> &services);
    void setRedis(const App::RedisState &redis);
    void setLogLines(qsizetype lines, qsizetype dropped);
    // How long the run that goes on has printed nothing; 0: it is not silent.
    void setSilence(qint64 ms);
    void setMessage(const QString &text);
    void setStep(const QString &text); // of the run in progress; empty: none is
    void setRun(const QString &runner, const QString &runId);
    void setWorkspace(const QString &path, const QString &branch);

    QString message() const;

Q_SIGNALS:
    void servicesActivated();
    void logActivated();
    void runActivated();

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    void showLog();

    QPushButton *m_services;
    QPushButton *m_redis;
    QPushButton *m_log;
    QString m_logText;
    qint64 m_silence = 0; // ms
    ToneLabel *m_message;
    ToneLabel *m_step;
    QPushButton *m_run;
    ToneLabel *m_workspace;
};

} // namespace PatchPanel::Ui
