#include "services/registry/registrystate.h"

#include "services/common/json.h"
#include "services/registry/consuljson.h"
#include "services/registry/registration.h"

#include <QJsonArray>
#include <QJsonObject>

namespace PatchPanel::Registry {

namespace {

constexpr int formatVersion = 1;
constexpr double greatestIndex = 1e15; // every whole number up to it is exact in JSON, with room for more

Error damaged(const QString &where, const QString &problem)
{
    return Error{ErrorCode::BadRequest, problem, {}, where};
}

QJsonObject instanceJson(const RegistryState::Instance &instance)
{
    QJsonObject object{{QStringLiteral("registration"), registrationJson(instance.definition)},
                       {QStringLiteral("outputs"), stringMapJson(instance.outputs)}};
    if (instance.maintenance) {
        object.insert(QStringLiteral("maintenance"), *instance.maintenance);
    }
    return object;
}

Result<QMap<QString, QString>> readOutputs(const QJsonObject &object)
{
    QMap<QString, QString> outputs;
    const Result<QJsonObject> members = objectMember(object, QStringLiteral("outputs"));
    if (!members) {
        return members.error();
    }
    for (auto member = members->begin(); member != members->end(); ++member) {
        if (!member.value().isString()) {
            return damaged(QStringLiteral("outputs"), QStringLiteral("expected strings"));
        }
        if (!member.value().toString().isEmpty()) {
            outputs.insert(member.key(), member.value().toString());
        }
    }
    return outputs;
}

Result<RegistryState::Instance> readInstance(const QJsonValue &value)
{
    if (!value.isObject()) {
        return damaged({}, QStringLiteral("expected an object"));
    }
    const QJsonObject object = value.toObject();
    const Result<QJsonObject> registration = objectMember(object, QStringLiteral("registration"));
    if (!registration) {
        return registration.error();
    }
    Result<ServiceDefinition> definition = readRegistration(*registration);
    if (!definition) {
        return definition.error();
    }
    Result<QMap<QString, QString>> outputs = readOutputs(object);
    if (!outputs) {
        return outputs.error();
    }
    const Result<QString> maintenance = stringMember(object, QStringLiteral("maintenance"));
    if (!maintenance) {
        return maintenance.error();
    }
    RegistryState::Instance instance{.definition = *std::move(definition), .outputs = *std::move(outputs)};
    if (object.contains(QStringLiteral("maintenance"))) {
        instance.maintenance = *maintenance;
    }
    return instance;
}

Result<void> checkVersion(const QJsonObject &document)
{
    const QJsonValue version = document[QStringLiteral("version")];
    if (version.toInt() > formatVersion) {
        return damaged(QStringLiteral("version"),
                       QStringLiteral("a newer version of PatchPanel wrote it (%1; this one knows %2)")
                           .arg(version.toInt())
                           .arg(formatVersion));
    }
    if (version.toInt() != formatVersion) {
        return damaged(QStringLiteral("version"), QStringLiteral("expected %1").arg(formatVersion));
    }
    return {};
}

Result<quint64> readIndex(const QJsonObject &document)
{
    const double index = document[QStringLiteral("index")].toDouble();
    if (!(index >= 1 && index <= greatestIndex)) {
        return damaged(QStringLiteral("index"), QStringLiteral("expected a whole number above 0"));
    }
    return static_cast<quint64>(index);
}

} // namespace

QByteArray toBytes(const RegistryState &state)
{
    QJsonArray services;
    for (const RegistryState::Instance &instance : state.instances) {
        services.append(instanceJson(instance));
    }
    return compactJson({{QStringLiteral("version"), formatVersion},
                        {QStringLiteral("index"), static_cast<qint64>(state.index)},
                        {QStringLiteral("services"), services}});
}

Result<RegistryState> readRegistryState(QByteArrayView bytes)
{
    const Result<QJsonObject> document = parseJsonObject(bytes);
    if (!document) {
        return document.error();
    }
    if (const Result<void> known = checkVersion(*document); !known) {
        return known.error();
    }
    const Result<quint64> index = readIndex(*document);
    if (!index) {
        return index.error();
    }
    const QJsonValue services = (*document)[QStringLiteral("services")];
    if (!services.isArray()) {
        return damaged(QStringLiteral("services"), QStringLiteral("expected a list"));
    }
    RegistryState state{.index = *index};
    const QJsonArray list = services.toArray();
    for (qsizetype i = 0; i < list.size(); ++i) {
        Result<RegistryState::Instance> instance = readInstance(list[i]);
        if (!instance) {
            Error error = instance.error();
            error.where = QStringLiteral("services[%1]").arg(i);
            return error;
        }
        state.instances.append(*std::move(instance));
    }
    return state;
}

} // namespace PatchPanel::Registry
