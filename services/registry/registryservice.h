#pragma once

#include "services/http/server.h"
#include "services/log/logwriter.h"

#include <QObject>

#include <memory>

namespace PatchPanel::Registry {

// The registry as a service: domain, routes and server, made by start() and destroyed by stop() on the thread this
// object lives on. What it knows is kept in a file of the state folder while its port is a certain one: at a free port
// nobody could come back to it. With Redis it knows the services of every registry there that has its token. Owned by
// ServiceHost.
class RegistryService : public QObject {
    Q_OBJECT
public:
    // `stateFolder`: empty to keep nothing. `redisUrl`: empty to share nothing.
    RegistryService(Http::ServerOptions options, Log::Writer log, QString stateFolder = {}, QString redisUrl = {});
    ~RegistryService() override;

    // Logs "[REGISTRY] Registry microservice live on URL".
    void start();
    void stop();

Q_SIGNALS:
    void started(const QUrl &url);
    void failed(const PatchPanel::Error &error);
    void stopped();

private:
    class Private;
    std::unique_ptr<Private> d;
};

} // namespace PatchPanel::Registry
