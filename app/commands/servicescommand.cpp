#include "app/commands/commands.h"
#include "app/credentials.h"
#include "services/http/client.h"

#include <QCoreApplication>

#include <cstdio>

namespace PatchPanel::App {

namespace {

int report(const QUrl &registry, const Http::Reply &reply)
{
    if (reply.error && !reply.error->hint.isEmpty()) {
        return complain(*reply.error); // it says better what to do
    }
    if (reply.error) {
        return complain(
            Error{ErrorCode::NoRegistry, QStringLiteral("the registry %1 does not answer").arg(registry.toString()),
                  QStringLiteral("start one with patchpanel --no-gui serve, or name another with --registry")});
    }
    if (!reply.ok()) {
        return complain(reply.failure());
    }
    const QByteArray text = reply.body.endsWith('\n') ? reply.body : reply.body + '\n';
    std::fputs(text.constData(), stdout);
    return 0;
}

} // namespace

int listServices(const Options &options)
{
    const Result<Credentials> credentials = loadCredentials(options);
    if (!credentials) {
        return complain(credentials.error());
    }
    const QUrl registry = options.registry.isEmpty() ? QUrl(QStringLiteral("http://127.0.0.1:5040")) : options.registry;
    Http::Client client(credentials->forClients(options));
    const Http::ClientRequest request{.url = registry.resolved(QUrl(QStringLiteral("/services"))),
                                      .headers = {{"Accept", options.json ? "application/json" : "text/plain"}}};
    client.send(request, qApp,
                [registry](const Http::Reply &reply) { QCoreApplication::exit(report(registry, reply)); });
    return QCoreApplication::exec();
}

} // namespace PatchPanel::App
