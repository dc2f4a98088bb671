#pragma once

#include "app/console.h"
#include "app/credentials.h"
#include "app/options.h"
#include "app/servicehost.h"

#include <QObject>

namespace PatchPanel::App {

// `serve`: registry and runners until SIGTERM or SIGINT, then a clean stop. Lives on the main thread.
class ServeCommand : public QObject {
    Q_OBJECT
public:
    ServeCommand(const Options &options, const QString &workspace, const Credentials &credentials);

    void start();
    // Lets runs in progress end, then finishes with this exit code. Called again: cancels them.
    void stop(int exitCode);

Q_SIGNALS:
    void finished(int exitCode);

private:
    Log::Store m_log;
    Console m_console;
    ServiceHost m_host;
    bool m_stopping = false;
    int m_exitCode = 0;
};

} // namespace PatchPanel::App
