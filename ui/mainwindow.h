#pragma once

#include "ui/style/theme.h"

#include <QMainWindow>
#include <QStringList>

#include <memory>

namespace PatchPanel::App {
class ServiceHost;
}

namespace PatchPanel::Ui {

struct WindowOptions {
    QString workspace = {}; // absolute; empty: found from the task file
    QString taskFile = {}; // opened at start
    QStringList given = {}; // options of the command line: they win over the settings
    bool keepsSession = true; // restores the last task and remembers this one
    bool startServices = true; // unless the settings say otherwise
    Theme theme = Theme::System;
};

// The one window: it lays the panels out and connects them to the service host. GUI thread. The host must outlive it.
class MainWindow : public QMainWindow {
    Q_OBJECT
public:
    MainWindow(App::ServiceHost &host, WindowOptions options, QWidget *parent = nullptr);
    ~MainWindow() override;

    // Makes `path` the current task and previews it as soon as the services are up.
    void openTask(const QString &path);
    // The same, preferring `workspace` for the files beneath it.
    void openTaskIn(const QString &workspace, const QString &path);
    // To the front, wherever it is: minimised, hidden or behind others.
    // `activationToken` is the desktop's leave to do so, where it gave one.
    void present(const QByteArray &activationToken = {});
    // Ends without asking, as for a signal: what runs is cancelled and rolled back, the services stop, then ended()
    // comes. Called once more, it comes at once.
    void shutDown();

Q_SIGNALS:
    void ended();

protected:
    void closeEvent(QCloseEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    void dragEnterEvent(QDragEnterEvent *event) override;
    void dropEvent(QDropEvent *event) override;

private:
    class Private;
    std::unique_ptr<Private> d;
};

} // namespace PatchPanel::Ui
