#include "services/relay/runrequest.h"

namespace PatchPanel::Relay {

namespace {

QJsonObject rollbackBody(const RunRequest &request)
{
    QJsonObject object;
    if (!request.workspace.isEmpty()) {
        object.insert(QStringLiteral("workspace"), request.workspace);
    }
    if (request.dryRun) {
        object.insert(QStringLiteral("dryRun"), true);
    }
    return object;
}

} // namespace

QString RunRequest::endpoint() const
{
    return rollbackOf.isEmpty() ? QStringLiteral("/run-patch") : QStringLiteral("/runs/%1/rollback").arg(rollbackOf);
}

QJsonObject RunRequest::toJson() const
{
    if (!rollbackOf.isEmpty()) {
        return rollbackBody(*this);
    }
    QJsonObject object = options.toJson();
    const QJsonObject carriedOut = settings.toJson();
    for (auto member = carriedOut.begin(); member != carriedOut.end(); ++member) {
        object.insert(member.key(), member.value());
    }
    QJsonObject files;
    for (auto entry = filesBeside.begin(); entry != filesBeside.end(); ++entry) {
        files.insert(entry.key(), QString::fromLatin1(entry->toBase64()));
    }
    const auto put = [&object](const char *member, const QJsonValue &value, bool differs) {
        if (differs) {
            object.insert(QLatin1String(member), value);
        }
    };
    // Base64 keeps the bytes: a JSON task inlined as a value would lose its duplicate keys and its key order.
    put("file", file, content.isEmpty());
    put("contentBase64", QString::fromLatin1(content.toBase64()), !content.isEmpty());
    put("name", contentName, !content.isEmpty() && !contentName.isEmpty());
    put("workspace", workspace, !workspace.isEmpty());
    put("dryRun", true, dryRun);
    put("force", true, force);
    put("noCache", true, !useCache);
    put("plan", planId, !planId.isEmpty());
    put("filesBeside", files, !content.isEmpty() && !files.isEmpty());
    put("timeoutSeconds", gateTimeoutSeconds, gateTimeoutSeconds != 0);
    return object;
}

} // namespace PatchPanel::Relay
