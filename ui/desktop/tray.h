#pragma once

#include <QObject>
#include <QSystemTrayIcon>

#include <memory>

class QMenu;
class QWidget;

namespace PatchPanel::Ui {

// The icon in the tray, when the user wants one and the desktop has a tray right now; it comes back when the tray does.
// GUI thread; owned by the window.
class Tray : public QObject {
    Q_OBJECT
public:
    explicit Tray(QWidget *window);
    ~Tray() override;

    void setWanted(bool wanted);
    // The window can be hidden: the icon that brings it back is there.
    bool isShown() const;
    void setToolTip(const QString &text);
    void showMessage(const QString &title, const QString &text);

Q_SIGNALS:
    void showRequested();
    void quitRequested();
    void lost(); // the tray is gone, and the icon with it

private:
    void watch();
    void refresh();

    bool m_wanted = false;
    bool m_isWatching = false;
    QString m_toolTip;
    std::unique_ptr<QMenu> m_menu;
    std::unique_ptr<QSystemTrayIcon> m_icon; // null: not shown
};

} // namespace PatchPanel::Ui
