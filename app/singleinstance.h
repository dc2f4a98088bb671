#pragma once

#include "services/common/result.h"

#include <QLocalServer>
#include <QLockFile>
#include <QObject>
#include <QStringList>

#include <memory>

class QLocalSocket;

namespace PatchPanel::App {

// What a further start asks of the window that is there.
struct WindowRequest {
    QStringList files = {}; // absolute; empty: only show yourself
    QString workspace = {}; // absolute: preferred for the files beneath it
    QByteArray activationToken = {}; // by which the compositor lets the window come to the front

    bool operator==(const WindowRequest &) const = default;
};

// One window for a user and a profile: the first start holds a lock and listens on a socket that only the user may
// enter; further starts hand their files over and end. Both lie in $XDG_RUNTIME_DIR/patchpanel, where that is missing
// in the state folder. Main thread.
class SingleInstance : public QObject {
    Q_OBJECT
public:
    enum class Role {
        First, // requests come as requested()
        Further, // the first one has taken the request over
        Alone, // there is no place for lock and socket: nobody is asked, and nobody asks
    };

    explicit SingleInstance(const QString &profile, QObject *parent = nullptr);
    ~SingleInstance() override;

    // Becomes the first, or hands `request` over; blocks for `patience` at most. Unavailable when the first is there
    // and does not answer.
    Result<Role> claim(const WindowRequest &request, std::chrono::milliseconds patience = std::chrono::seconds(5));

Q_SIGNALS:
    void requested(const PatchPanel::App::WindowRequest &request);

private:
    bool listen();
    bool handOver(const QByteArray &line, int patienceMs) const;
    void serve(QLocalSocket *socket);

    QString m_socketPath;
    QLockFile m_lock;
    std::unique_ptr<QLocalServer> m_server;
};

} // namespace PatchPanel::App
