#include "services/common/error.h"

#include <algorithm>
#include <iterator>

namespace PatchPanel {

namespace {

struct Row {
    ErrorCode code;
    ErrorTraits traits;
};

constexpr Row rows[] = {
    {ErrorCode::InvalidTask, {"invalid-task", 422, 3}},
    {ErrorCode::UnsafePath, {"unsafe-path", 422, 3}},
    {ErrorCode::OutsideWorkspace, {"outside-workspace", 403, 3}},
    {ErrorCode::DoesNotApply, {"does-not-apply", 409, 3}},
    {ErrorCode::Ambiguous, {"ambiguous", 409, 3}},
    {ErrorCode::Stale, {"stale", 409, 3}},
    {ErrorCode::NotFound, {"not-found", 404, 3}},
    {ErrorCode::Busy, {"busy", 409, 4}},
    {ErrorCode::GateFailed, {"gate-failed", 409, 1}},
    {ErrorCode::RollbackFailed, {"rollback-failed", 500, 6}},
    {ErrorCode::Cancelled, {"cancelled", 409, 130}},
    {ErrorCode::TimedOut, {"timed-out", 504, 124}},
    {ErrorCode::Io, {"io", 500, 3}},
    {ErrorCode::Usage, {"usage", 400, 64}},
    {ErrorCode::BadRequest, {"bad-request", 400, 64}},
    {ErrorCode::Unauthorized, {"unauthorized", 401, 4}},
    {ErrorCode::Forbidden, {"forbidden", 403, 4}},
    {ErrorCode::MethodNotAllowed, {"method-not-allowed", 405, 4}},
    {ErrorCode::RequestTimeout, {"request-timeout", 408, 4}},
    {ErrorCode::PayloadTooLarge, {"payload-too-large", 413, 3}},
    {ErrorCode::UnsupportedMediaType, {"unsupported-media-type", 415, 4}},
    {ErrorCode::TooManyRequests, {"too-many-requests", 429, 4}},
    {ErrorCode::HeadersTooLarge, {"headers-too-large", 431, 4}},
    {ErrorCode::Unavailable, {"unavailable", 503, 4}},
    {ErrorCode::UntrustedCertificate, {"untrusted-certificate", 502, 4}},
    {ErrorCode::NoRegistry, {"no-registry", 502, 4}},
    {ErrorCode::NoRunner, {"no-runner", 503, 4}},
    {ErrorCode::PortInUse, {"port-in-use", 500, 5}},
    {ErrorCode::ServiceStart, {"service-start", 500, 5}},
    {ErrorCode::Internal, {"internal", 500, 1}},
};

} // namespace

ErrorTraits traitsOf(ErrorCode code)
{
    const auto row = std::find_if(std::begin(rows), std::end(rows), [code](const Row &r) { return r.code == code; });
    return row == std::end(rows) ? ErrorTraits{"internal", 500, 1} : row->traits;
}

ErrorCode errorCodeFromName(const QString &name)
{
    const auto row = std::find_if(std::begin(rows), std::end(rows),
                                  [&name](const Row &r) { return name == QLatin1String(r.traits.name); });
    return row == std::end(rows) ? ErrorCode::Internal : row->code;
}

QString Error::toString() const
{
    QString text = where.isEmpty() ? message : where + QStringLiteral(": ") + message;
    if (!hint.isEmpty()) {
        text += QStringLiteral(" (") + hint + QLatin1Char(')');
    }
    return text;
}

QJsonObject Error::toJson() const
{
    const ErrorTraits traits = traitsOf(code);
    QJsonObject object{
        {QStringLiteral("type"), QStringLiteral("about:blank")},
        {QStringLiteral("title"), QString::fromLatin1(traits.name)},
        {QStringLiteral("status"), traits.httpStatus},
        {QStringLiteral("detail"), message},
        {QStringLiteral("code"), QString::fromLatin1(traits.name)},
    };
    if (!hint.isEmpty()) {
        object[QStringLiteral("hint")] = hint;
    }
    if (!where.isEmpty()) {
        object[QStringLiteral("where")] = where;
    }
    if (!details.isEmpty()) {
        object[QStringLiteral("details")] = details;
    }
    return object;
}

Error Error::fromJson(const QJsonObject &object)
{
    return Error{errorCodeFromName(object[QStringLiteral("code")].toString()),
                 object[QStringLiteral("detail")].toString(), object[QStringLiteral("hint")].toString(),
                 object[QStringLiteral("where")].toString(), object[QStringLiteral("details")].toObject()};
}

} // namespace PatchPanel
