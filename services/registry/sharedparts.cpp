#include "services/registry/sharedparts.h"

#include "services/common/ids.h"
#include "services/common/json.h"
#include "services/registry/registration.h"

#include <QMessageAuthenticationCode>

namespace PatchPanel::Registry {

namespace {

constexpr qsizetype signatureLength = 64;
constexpr qsizetype longestValue = 1024 * 1024;
const QString statusMember = QStringLiteral("Status");
const QString outputMember = QStringLiteral("Output");
const QString reasonMember = QStringLiteral("Reason");

QByteArray checkValue(const Check &check)
{
    return compactJson({{statusMember, toString(check.status)}, {outputMember, check.output}});
}

QByteArray maintenanceValue(const ServiceInstance &instance)
{
    const Check *const check = instance.findCheck(maintenanceCheckId(instance.definition.id));
    return compactJson(check ? QJsonObject{{reasonMember, check->definition.notes}} : QJsonObject());
}

// Lengths keep id and part apart.
QByteArray signatureOf(const QByteArray &token, const QByteArray &id, const QByteArray &part, const QByteArray &value)
{
    QMessageAuthenticationCode code(QCryptographicHash::Sha256, token);
    code.addData("patchpanel service\n" + QByteArray::number(id.size()) + ' ' + QByteArray::number(part.size()) + '\n');
    code.addData(id);
    code.addData(part);
    code.addData(value);
    return code.result().toHex();
}

} // namespace

QByteArray checkPart(const QString &checkId)
{
    return 'c' + checkId.toUtf8();
}

std::optional<QString> checkIdOf(const QByteArray &part)
{
    return part.startsWith('c') ? std::optional(QString::fromUtf8(part.sliced(1))) : std::nullopt;
}

SharedParts sharedParts(const ServiceInstance &instance, const QString &nodeAddress)
{
    ServiceDefinition definition = instance.definition;
    if (definition.address.isEmpty()) {
        definition.address = nodeAddress;
    }
    SharedParts parts{{definitionPart, compactJson(registrationJson(definition))},
                      {maintenancePart, maintenanceValue(instance)}};
    for (const CheckDefinition &check : definition.checks) {
        parts.insert(checkPart(check.id), checkValue(*instance.findCheck(check.id)));
    }
    return parts;
}

QByteArray sealed(const QByteArray &token, const QByteArray &id, const QByteArray &part, const QByteArray &value)
{
    return signatureOf(token, id, part, value) + value;
}

std::optional<QByteArray> unsealed(const QByteArray &token, const QByteArray &id, const QByteArray &part,
                                   const QByteArray &value)
{
    if (value.size() < signatureLength || value.size() > longestValue) {
        return std::nullopt;
    }
    QByteArray content = value.sliced(signatureLength);
    const bool isOurs = constantTimeEquals(value.first(signatureLength), signatureOf(token, id, part, content));
    return isOurs ? std::optional(std::move(content)) : std::nullopt;
}

Result<ServiceDefinition> readSharedDefinition(const QByteArray &id, const QByteArray &value)
{
    const Result<QJsonObject> object = parseJsonObject(value);
    Result<ServiceDefinition> definition = object ? readRegistration(*object) : object.error();
    if (definition && definition->id.toUtf8() != id) {
        return Error{ErrorCode::BadRequest, QStringLiteral("ID: it is that of another service")};
    }
    return definition;
}

Result<HeardCheck> readSharedCheck(const QByteArray &value)
{
    const Result<QJsonObject> object = parseJsonObject(value);
    const Result<CheckUpdate> update = object ? readCheckUpdate(*object) : object.error();
    if (!update) {
        return update.error();
    }
    return HeardCheck{.status = update->status, .output = update->output};
}

Result<std::optional<QString>> readSharedMaintenance(const QByteArray &value)
{
    const Result<QJsonObject> object = parseJsonObject(value);
    if (!object) {
        return object.error();
    }
    const Result<QString> reason = stringMember(*object, reasonMember);
    if (!reason) {
        return reason.error();
    }
    return object->contains(reasonMember) ? std::optional(*reason) : std::nullopt;
}

} // namespace PatchPanel::Registry
