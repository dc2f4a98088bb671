#include "services/registry/queryparameters.h"

#include "services/registry/goduration.h"

#include <algorithm>

namespace PatchPanel::Registry {

namespace {

constexpr std::chrono::minutes defaultWait{5};
constexpr std::chrono::minutes longestWait{10};

Error invalid(const QString &name, const QString &expected, const QString &found)
{
    return Error{ErrorCode::BadRequest,
                 QStringLiteral("Invalid value for ?%1: expected %2, found \"%3\"").arg(name, expected, found)};
}

} // namespace

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
    return invalid(name, QStringLiteral("true or false"), value);
}

QList<ServiceInstance> withTags(QList<ServiceInstance> instances, const QUrlQuery &query)
{
    const QStringList tags = query.allQueryItemValues(QStringLiteral("tag"), QUrl::FullyDecoded);
    instances.removeIf([&tags](const ServiceInstance &instance) {
        return !std::all_of(tags.begin(), tags.end(), [&](const QString &tag) { return instance.hasTag(tag); });
    });
    return instances;
}

Result<Blocking> blockingParameters(const QUrlQuery &query)
{
    Blocking blocking{.wait = defaultWait};
    const QString index = query.queryItemValue(QStringLiteral("index"), QUrl::FullyDecoded);
    bool isNumber = index.isEmpty();
    if (!isNumber) {
        blocking.index = index.toULongLong(&isNumber);
    }
    if (!isNumber) {
        return invalid(QStringLiteral("index"), QStringLiteral("a whole number"), index);
    }
    const QString text = query.queryItemValue(QStringLiteral("wait"), QUrl::FullyDecoded);
    if (text.isEmpty()) {
        return blocking;
    }
    const std::optional<std::chrono::milliseconds> wait = parseGoDuration(text);
    if (!wait) {
        return invalid(QStringLiteral("wait"), QStringLiteral("a duration such as \"30s\""), text);
    }
    if (wait->count() > 0) { // as in Consul, 0 stands for the default
        blocking.wait = std::min<std::chrono::milliseconds>(*wait, longestWait);
    }
    return blocking;
}

Result<void> refuseUnsupported(const QUrlQuery &query)
{
    for (const QString &name : {QStringLiteral("filter"), QStringLiteral("node-meta"), QStringLiteral("ns"),
                                QStringLiteral("partition"), QStringLiteral("peer"), QStringLiteral("sg")}) {
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
