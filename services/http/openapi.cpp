#include "services/http/openapi.h"

#include <QJsonArray>

namespace PatchPanel::Http {

namespace {

const QString problem = QStringLiteral("Problem");

// "/runs/:id" is "/runs/{id}" there.
QString templateOf(const QString &pattern)
{
    QStringList parts = pattern.split(u'/');
    for (QString &part : parts) {
        if (part.startsWith(u':')) {
            part = u'{' + part.sliced(1) + u'}';
        }
    }
    return parts.join(u'/');
}

QJsonObject content(const QString &mediaType, const QString &schema)
{
    const QJsonObject described = schema.isEmpty()
        ? QJsonObject{{QStringLiteral("type"), QStringLiteral("string")}}
        : QJsonObject{{QStringLiteral("$ref"), QStringLiteral("#/components/schemas/") + schema}};
    return {{mediaType, QJsonObject{{QStringLiteral("schema"), described}}}};
}

QJsonObject parameter(const QString &place, const QString &name, const QString &type, const QString &description)
{
    QJsonObject object{{QStringLiteral("name"), name},
                       {QStringLiteral("in"), place},
                       {QStringLiteral("schema"), QJsonObject{{QStringLiteral("type"), type}}}};
    if (!description.isEmpty()) {
        object[QStringLiteral("description")] = description;
    }
    if (place == QLatin1String("path")) {
        object[QStringLiteral("required")] = true;
    }
    return object;
}

QJsonArray parametersOf(const Operation &operation)
{
    QJsonArray list;
    const QStringList parts = operation.pattern.split(u'/');
    for (const QString &part : parts) {
        if (part.startsWith(u':')) {
            list.append(parameter(QStringLiteral("path"), part.sliced(1), QStringLiteral("string"), {}));
        }
    }
    for (const Operation::Parameter &each : operation.parameters) {
        const bool isQuery = each.place == Operation::Parameter::Place::Query;
        list.append(parameter(isQuery ? QStringLiteral("query") : QStringLiteral("header"), each.name, each.type,
                              each.description));
    }
    return list;
}

// Several answers with one status are one with several media types.
QJsonObject answersOf(const Operation &operation)
{
    QJsonObject answers;
    for (const Operation::Answer &answer : operation.answers) {
        const QString status = QString::number(answer.status);
        QJsonObject described = answers[status].toObject();
        described[QStringLiteral("description")] = answer.description;
        if (!answer.mediaType.isEmpty()) {
            QJsonObject contents = described[QStringLiteral("content")].toObject();
            const QJsonObject added = content(answer.mediaType, answer.schema);
            contents.insert(answer.mediaType, added[answer.mediaType]);
            described[QStringLiteral("content")] = contents;
        }
        answers[status] = described;
    }
    answers[QStringLiteral("default")] =
        QJsonObject{{QStringLiteral("description"), QStringLiteral("What went wrong and what to do about it.")},
                    {QStringLiteral("content"), content(QStringLiteral("application/problem+json"), problem)}};
    return answers;
}

QJsonObject operationObject(const Operation &operation)
{
    QJsonObject object{{QStringLiteral("operationId"), operation.id},
                       {QStringLiteral("summary"), operation.summary},
                       {QStringLiteral("parameters"), parametersOf(operation)},
                       {QStringLiteral("responses"), answersOf(operation)}};
    if (!operation.requestSchema.isEmpty()) {
        object[QStringLiteral("requestBody")] = QJsonObject{
            {QStringLiteral("content"), content(QStringLiteral("application/json"), operation.requestSchema)}};
    }
    if (operation.access == Access::Open) {
        object[QStringLiteral("security")] = QJsonArray{};
    }
    return object;
}

QJsonObject pathsOf(const std::vector<Operation> &operations)
{
    QJsonObject paths;
    for (const Operation &operation : operations) {
        const QString path = templateOf(operation.pattern);
        QJsonObject item = paths[path].toObject();
        item[QString::fromLatin1(methodName(operation.method)).toLower()] = operationObject(operation);
        paths[path] = item;
    }
    return paths;
}

} // namespace

QJsonObject openApiDocument(const QString &title, const std::vector<Operation> &operations, const QJsonObject &schemas)
{
    const QString scheme = QStringLiteral("token");
    return {{QStringLiteral("openapi"), QStringLiteral("3.1.0")},
            {QStringLiteral("info"),
             QJsonObject{{QStringLiteral("title"), title},
                         {QStringLiteral("version"), QStringLiteral(PATCHPANEL_VERSION)}}},
            {QStringLiteral("security"), QJsonArray{QJsonObject{{scheme, QJsonArray{}}}}},
            {QStringLiteral("paths"), pathsOf(operations)},
            {QStringLiteral("components"),
             QJsonObject{{QStringLiteral("schemas"), schemas},
                         {QStringLiteral("securitySchemes"),
                          QJsonObject{{scheme,
                                       QJsonObject{{QStringLiteral("type"), QStringLiteral("http")},
                                                   {QStringLiteral("scheme"), QStringLiteral("bearer")}}}}}}}};
}

} // namespace PatchPanel::Http
