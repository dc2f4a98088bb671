#include "services/registry/queryparameters.h"

#include <algorithm>

namespace PatchPanel::Registry {

Result<bool> boolParameter(const QUrlQuery &query, const QString &name)
{
    if (!query.hasQueryItem(name)) {
        return false;
    }
    const QString value = query.queryItemValue(name, QUrl::FullyDecoded);
    static const QList<QString> yes{QString(),
                                    QStringLiteral("1"),
                                    QStringLiteral("t"),
                                    QStringLiteral("T"),
                                    QStringLiteral("true"),
                                    QStringLiteral("True"),
                                    QStringLiteral("TRUE")};
    static const QList<QString> no{QStringLiteral("0"),     QStringLiteral("f"),     QStringLiteral("F"),
                                   QStringLiteral("false"), QStringLiteral("False"), QStringLiteral("FALSE")};
    if (yes.contains(value)) {
        return true;
    }
    if (no.contains(value)) {
        return false;
    }
    return Error{ErrorCode::BadRequest,
                 QStringLiteral("Invalid value for ?%1: expected true or false, found \"%2\"").arg(name, value)};
}

QList<ServiceInstance> withTags(QList<ServiceInstance> instances, const QUrlQuery &query)
{
    const QStringList tags = query.allQueryItemValues(QStringLiteral("tag"), QUrl::FullyDecoded);
    instances.removeIf([&tags](const ServiceInstance &instance) {
        return !std::all_of(tags.begin(), tags.end(), [&](const QString &tag) { return instance.hasTag(tag); });
    });
    return instances;
}

Result<void> refuseUnsupported(const QUrlQuery &query)
{
    for (const QString &name : {QStringLiteral("filter"), QStringLiteral("node-meta")}) {
        if (query.hasQueryItem(name)) {
            return Error{ErrorCode::BadRequest,
                         QStringLiteral("The query parameter \"%1\" is not supported: leave it out and select on the "
                                        "client.")
                             .arg(name)};
        }
    }
    return {};
}

} // namespace PatchPanel::Registry
