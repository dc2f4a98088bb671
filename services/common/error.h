#pragma once

#include <QJsonObject>
#include <QString>

namespace PatchPanel {

// Every way a request can fail that a caller may want to tell apart. One table in error.cpp gives each its stable
// name, HTTP status and exit code.
enum class ErrorCode {
    InvalidTask,
    UnsafePath,
    OutsideWorkspace,
    DoesNotApply,
    Ambiguous,
    Stale,
    NotFound,
    Busy,
    GateFailed,
    RollbackFailed,
    Cancelled,
    TimedOut,
    Io,
    Usage,
    BadRequest,
    Unauthorized,
    Forbidden,
    MethodNotAllowed,
    RequestTimeout,
    PayloadTooLarge,
    UnsupportedMediaType,
    TooManyRequests,
    HeadersTooLarge,
    Unavailable,
    UntrustedCertificate,
    NoRegistry,
    NoRunner,
    PortInUse,
    ServiceStart,
    Internal,
};

struct ErrorTraits {
    const char *name; // stable, kebab-case: `code` in problem+json and in reports
    int httpStatus;
    int exitCode; // of the command line
};

// Total: every ErrorCode has a row.
ErrorTraits traitsOf(ErrorCode code);

// Internal for a name that no row has.
ErrorCode errorCodeFromName(const QString &name);

// What went wrong, told to a person: `message` says what and where, `hint` what to do about it (may be empty),
// `where` names the place (path, JSON Pointer, line:column; may be empty), `details` carries data for programs.
struct Error {
    ErrorCode code = ErrorCode::Internal;
    QString message;
    QString hint = {};
    QString where = {};
    QJsonObject details = {};

    // One line: where, message and hint.
    QString toString() const;
    // The body of an application/problem+json answer (RFC 9457): type, title, status, detail, code, hint, where,
    // details.
    QJsonObject toJson() const;
    // Reads what toJson wrote; missing members stay empty.
    static Error fromJson(const QJsonObject &object);
};

} // namespace PatchPanel
