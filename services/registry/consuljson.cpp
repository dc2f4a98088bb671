#include "services/registry/consuljson.h"

namespace PatchPanel::Registry {

namespace {

QJsonObject taggedAddresses(const Node &node)
{
    return {{QStringLiteral("lan"), node.address}, {QStringLiteral("wan"), node.address}};
}

QJsonArray tagsJson(const ServiceInstance &instance)
{
    return QJsonArray::fromStringList(instance.definition.tags);
}

QJsonValue indexJson(quint64 index)
{
    return static_cast<qint64>(index);
}

QJsonObject serviceJson(const ServiceInstance &instance)
{
    const ServiceDefinition &service = instance.definition;
    return {{QStringLiteral("ID"), service.id},
            {QStringLiteral("Service"), service.name},
            {QStringLiteral("Tags"), tagsJson(instance)},
            {QStringLiteral("Address"), service.address},
            {QStringLiteral("Port"), service.port},
            {QStringLiteral("Meta"), stringMapJson(service.meta)},
            {QStringLiteral("Weights"), weightsJson(service)},
            {QStringLiteral("EnableTagOverride"), false},
            {QStringLiteral("CreateIndex"), indexJson(instance.createIndex)},
            {QStringLiteral("ModifyIndex"), indexJson(instance.modifyIndex)}};
}

} // namespace

QJsonObject stringMapJson(const QMap<QString, QString> &map)
{
    QJsonObject object;
    for (auto entry = map.begin(); entry != map.end(); ++entry) {
        object.insert(entry.key(), entry.value());
    }
    return object;
}

QJsonObject weightsJson(const ServiceDefinition &definition)
{
    return {{QStringLiteral("Passing"), definition.passingWeight},
            {QStringLiteral("Warning"), definition.warningWeight}};
}

QJsonObject nodeJson(const Node &node)
{
    return {{QStringLiteral("ID"), node.id},
            {QStringLiteral("Node"), node.name},
            {QStringLiteral("Address"), node.address},
            {QStringLiteral("Datacenter"), node.datacenter},
            {QStringLiteral("TaggedAddresses"), taggedAddresses(node)},
            {QStringLiteral("Meta"), QJsonObject{}},
            {QStringLiteral("CreateIndex"), 1},
            {QStringLiteral("ModifyIndex"), 1}};
}

QJsonObject agentServiceJson(const Node &node, const ServiceInstance &instance)
{
    QJsonObject object = serviceJson(instance);
    object.insert(QStringLiteral("Datacenter"), node.datacenter);
    return object;
}

QJsonObject catalogServiceJson(const Node &node, const ServiceInstance &instance)
{
    const ServiceDefinition &service = instance.definition;
    return {{QStringLiteral("ID"), node.id},
            {QStringLiteral("Node"), node.name},
            {QStringLiteral("Address"), node.address},
            {QStringLiteral("Datacenter"), node.datacenter},
            {QStringLiteral("TaggedAddresses"), taggedAddresses(node)},
            {QStringLiteral("NodeMeta"), QJsonObject{}},
            {QStringLiteral("ServiceID"), service.id},
            {QStringLiteral("ServiceName"), service.name},
            {QStringLiteral("ServiceTags"), tagsJson(instance)},
            {QStringLiteral("ServiceAddress"), service.address},
            {QStringLiteral("ServicePort"), service.port},
            {QStringLiteral("ServiceMeta"), stringMapJson(service.meta)},
            {QStringLiteral("ServiceWeights"), weightsJson(service)},
            {QStringLiteral("ServiceEnableTagOverride"), false},
            {QStringLiteral("CreateIndex"), indexJson(instance.createIndex)},
            {QStringLiteral("ModifyIndex"), indexJson(instance.modifyIndex)}};
}

QJsonObject checkJson(const Node &node, const ServiceInstance &instance, const Check &check)
{
    const bool hasLease = check.definition.ttl.count() > 0;
    return {{QStringLiteral("Node"), node.name},
            {QStringLiteral("CheckID"), check.definition.id},
            {QStringLiteral("Name"), check.definition.name},
            {QStringLiteral("Status"), toString(check.status)},
            {QStringLiteral("Notes"), check.definition.notes},
            {QStringLiteral("Output"), check.output},
            {QStringLiteral("ServiceID"), instance.definition.id},
            {QStringLiteral("ServiceName"), instance.definition.name},
            {QStringLiteral("ServiceTags"), tagsJson(instance)},
            {QStringLiteral("Type"), hasLease ? QStringLiteral("ttl") : QStringLiteral("maintenance")},
            {QStringLiteral("Definition"), QJsonObject{}},
            {QStringLiteral("CreateIndex"), indexJson(check.createIndex)},
            {QStringLiteral("ModifyIndex"), indexJson(check.modifyIndex)}};
}

QJsonObject healthEntryJson(const Node &node, const ServiceInstance &instance)
{
    QJsonArray checks;
    for (const Check &check : instance.checks) {
        checks.append(checkJson(node, instance, check));
    }
    return {{QStringLiteral("Node"), nodeJson(node)},
            {QStringLiteral("Service"), serviceJson(instance)},
            {QStringLiteral("Checks"), checks}};
}

} // namespace PatchPanel::Registry
