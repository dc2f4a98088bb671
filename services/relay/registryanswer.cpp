#include "services/relay/registryanswer.h"

#include "services/http/client.h"

#include <QJsonArray>
#include <QJsonDocument>

#include <algorithm>

namespace PatchPanel::Relay {

namespace {

Error noRegistry(const QUrl &registry, const QString &problem)
{
    return Error{ErrorCode::NoRegistry, QStringLiteral("The registry %1 %2").arg(shownUrl(registry), problem),
                 QStringLiteral("start one with \"patchpanel serve\", or name another with --registry URL")};
}

Error refusedBy(const QUrl &registry, const Http::Reply &reply)
{
    if (reply.status == 401 || reply.status == 403) {
        return Error{ErrorCode::Unauthorized,
                     QStringLiteral("The registry %1 does not accept our token (HTTP %2)")
                         .arg(shownUrl(registry))
                         .arg(reply.status),
                     QStringLiteral("use the token it was started with; its user finds it with \"patchpanel token\"")};
    }
    return noRegistry(registry, QStringLiteral("answered with HTTP %1").arg(reply.status));
}

// The entries of a /v1/health/service answer.
Result<QJsonArray> entriesOf(const QUrl &registry, const Http::Reply &reply)
{
    if (reply.error && !reply.error->hint.isEmpty()) {
        return *reply.error; // it says better what to do
    }
    if (reply.error) {
        return noRegistry(registry, QStringLiteral("does not answer: %1").arg(reply.error->message));
    }
    if (!reply.ok()) {
        return refusedBy(registry, reply);
    }
    const QJsonDocument document = QJsonDocument::fromJson(reply.body);
    if (!document.isArray()) {
        return noRegistry(registry, QStringLiteral("did not answer as a registry does: expected a JSON array"));
    }
    return document.array();
}

// The output of the first check of its own that has one: what the last heartbeat noted.
QString noteOf(const QJsonArray &checks, const QString &serviceId)
{
    for (const QJsonValue &check : checks) {
        const QString output = check[QStringLiteral("Output")].toString();
        if (check[QStringLiteral("ServiceID")].toString() == serviceId && !output.isEmpty()) {
            return output;
        }
    }
    return {};
}

Instance instanceOf(const QJsonValue &entry)
{
    const QJsonValue service = entry[QStringLiteral("Service")];
    Instance instance;
    instance.id = service[QStringLiteral("ID")].toString();
    for (const QJsonValue &tag : service[QStringLiteral("Tags")].toArray()) {
        instance.tags.append(tag.toString());
    }
    const QJsonObject meta = service[QStringLiteral("Meta")].toObject();
    for (auto member = meta.begin(); member != meta.end(); ++member) {
        instance.meta.insert(member.key(), member.value().toString());
    }
    instance.name = instance.meta.value(QStringLiteral("name"), instance.id);
    instance.note = noteOf(entry[QStringLiteral("Checks")].toArray(), instance.id);
    instance.slotCount = instance.meta.value(QStringLiteral("slots")).toInt();
    instance.weight = std::max(1, service[QStringLiteral("Weights")][QStringLiteral("Passing")].toInt(1));
    const QString address = service[QStringLiteral("Address")].toString();
    instance.url.setScheme(instance.meta.value(QStringLiteral("scheme"), QStringLiteral("http")));
    instance.url.setHost(address.isEmpty() ? entry[QStringLiteral("Node")][QStringLiteral("Address")].toString()
                                           : address);
    instance.url.setPort(service[QStringLiteral("Port")].toInt());
    return instance;
}

} // namespace

Result<QList<Instance>> instancesIn(const QUrl &registry, const Http::Reply &reply)
{
    const Result<QJsonArray> entries = entriesOf(registry, reply);
    if (!entries) {
        return entries.error();
    }
    QList<Instance> instances;
    for (const QJsonValue &entry : *entries) {
        instances.append(instanceOf(entry));
    }
    return instances;
}

QString shownUrl(const QUrl &registry)
{
    return registry.toString(QUrl::RemoveUserInfo | QUrl::StripTrailingSlash);
}

} // namespace PatchPanel::Relay
