#include "services/relay/runrequest.h"

namespace PatchPanel::Relay {

QJsonObject RunRequest::toJson() const
{
    QJsonObject object;
    const auto put = [&object](const char *key, const QJsonValue &value, bool differs) {
        if (differs) {
            object.insert(QLatin1String(key), value);
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
    put("fuzz", fuzz, fuzz != 0);
    put("recount", true, recount);
    put("timeoutSeconds", gateTimeoutSeconds, gateTimeoutSeconds != 0);
    return object;
}

} // namespace PatchPanel::Relay
