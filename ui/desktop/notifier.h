#pragma once

#include <QHash>
#include <QObject>
#include <QString>

#include <optional>

namespace PatchPanel::Ui {

// What the desktop is to tell while nobody looks at the window.
struct Notification {
    QString summary = {};
    QString body = {}; // plain text
    bool isUrgent = false; // stays until it is read
    QString subject = {}; // what activated() says
};

// Notifications of the desktop (org.freedesktop.Notifications, 1.2), without a tray icon. A newer one takes the place
// of the one before. Where no server answers, failed() says so. GUI thread.
class Notifier : public QObject {
    Q_OBJECT
public:
    explicit Notifier(QObject *parent = nullptr);

    void notify(const Notification &notification);

Q_SIGNALS:
    // The user clicked it. `token` lets a window come to the front; it may be empty.
    void activated(const QString &subject, const QByteArray &token);
    void failed(const PatchPanel::Ui::Notification &notification); // nobody showed it

private Q_SLOTS:
    void takeAction(uint id, const QString &action);
    void takeToken(uint id, const QString &token);

private:
    void connectSignals();
    void send(const Notification &notification);

    bool m_isConnected = false;
    std::optional<bool> m_knowsMarkup; // nothing: not asked yet
    uint m_id = 0; // of the last one; 0: none
    QString m_subject;
    QByteArray m_token;
};

} // namespace PatchPanel::Ui
