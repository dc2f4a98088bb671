#pragma once

#include "services/common/json.h"
#include "services/registry/registryservice.h"
#include "tests/support/httpexchange.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QUrl>

namespace PatchPanel::Test {

// A registry, on a free port unless one is named, on the test's thread, with a client that has its token and a log that
// can be read.
class RegistryFixture {
public:
    explicit RegistryFixture(const QByteArray &token = "test-token", quint16 port = 0, const QString &stateFolder = {},
                             const QString &redisUrl = {})
        : client({.token = token})
        , service(Http::ServerOptions{.service = QStringLiteral("registry"), .port = port, .token = token},
                  Log::Writer(log, "registry"), stateFolder, redisUrl)
    {
        QObject::connect(&service, &Registry::RegistryService::started, &service,
                         [this](const QUrl &started) { url = started; });
        service.start();
    }

    // `path` begins with a slash and may carry a query, both percent-encoded.
    QUrl at(const QByteArray &path) const { return url.resolved(QUrl::fromEncoded(path)); }

    Http::Reply get(const QByteArray &path) { return exchange(client, {.url = at(path)}); }

    Http::Reply put(const QByteArray &path, const QByteArray &body = {})
    {
        return exchange(client, {.method = Http::Method::Put, .url = at(path), .body = body});
    }

    QJsonArray array(const QByteArray &path) { return QJsonDocument::fromJson(get(path).body).array(); }
    QJsonObject object(const QByteArray &path) { return QJsonDocument::fromJson(get(path).body).object(); }

    // Registers a runner that is passing for `ttl`; with `slotCount` it tells how many runs it does at once.
    Http::Reply addRunner(const QString &id, quint16 port, const QString &ttl = QStringLiteral("15s"),
                          int slotCount = 0)
    {
        const QJsonObject check{{QStringLiteral("TTL"), ttl}, {QStringLiteral("Status"), QStringLiteral("passing")}};
        return put("/v1/agent/service/register",
                   compactJson({{QStringLiteral("Name"), QStringLiteral("runner")},
                                {QStringLiteral("ID"), id},
                                {QStringLiteral("Address"), QStringLiteral("127.0.0.1")},
                                {QStringLiteral("Port"), port},
                                {QStringLiteral("Meta"),
                                 slotCount == 0 ? QJsonObject()
                                                : QJsonObject{{QStringLiteral("slots"), QString::number(slotCount)}}},
                                {QStringLiteral("Check"), check}}));
    }

    bool hasLogged(QByteArrayView part) const
    {
        for (qsizetype i = 0; i < log.size(); ++i) {
            if (log.at(i).toText().contains(part)) {
                return true;
            }
        }
        return false;
    }

    Log::Store log;
    Http::Client client;
    Registry::RegistryService service;
    QUrl url; // empty when it could not start
};

} // namespace PatchPanel::Test
