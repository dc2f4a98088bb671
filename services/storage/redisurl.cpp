#include "services/storage/redisurl.h"

#include <QUrl>
#include <QUrlQuery>

#include <limits>

namespace PatchPanel::Storage {

namespace {

Error unreadable(const QString &problem)
{
    return Error{ErrorCode::Usage, QStringLiteral("the Redis address cannot be read: %1").arg(problem),
                 QStringLiteral("expected redis://[user:password@]host:port/db or redis+unix:///path/to/socket?db=0, "
                                "with special characters of the password percent-encoded")};
}

Result<int> parseDatabase(const QString &text)
{
    bool isNumber = false;
    const int number = text.toInt(&isNumber);
    if (!isNumber || number < 0) {
        return unreadable(QStringLiteral("the database must be a number from 0 up"));
    }
    return number;
}

Result<QString> onlyDatabaseParameter(const QUrl &url)
{
    QString database;
    const auto items = QUrlQuery(url).queryItems(QUrl::FullyDecoded);
    for (const auto &[name, value] : items) {
        if (name != QStringLiteral("db")) {
            return unreadable(QStringLiteral("the only parameter known after '?' is db"));
        }
        database = value;
    }
    return database;
}

Result<RedisUrl> parseTcp(const QUrl &url, RedisUrl result, QString database)
{
    result.host = url.host();
    if (result.host.isEmpty()) {
        return unreadable(QStringLiteral("it names no host"));
    }
    const int port = url.port(result.port);
    if (port < 1 || port > std::numeric_limits<quint16>::max()) {
        return unreadable(QStringLiteral("the port must be a number from 1 to 65535"));
    }
    result.port = static_cast<quint16>(port);
    const QString path = url.path().mid(1);
    if (!path.isEmpty()) {
        database = path;
    }
    if (!database.isEmpty()) {
        const Result<int> number = parseDatabase(database);
        if (!number) {
            return number.error();
        }
        result.database = *number;
    }
    return result;
}

Result<RedisUrl> parseUnix(const QUrl &url, RedisUrl result, const QString &database)
{
    result.socketPath = url.path(QUrl::FullyDecoded);
    if (!url.host().isEmpty() || !result.socketPath.startsWith(QLatin1Char('/'))) {
        return unreadable(QStringLiteral("the socket must be an absolute path, with three slashes after the colon"));
    }
    if (!database.isEmpty()) {
        const Result<int> number = parseDatabase(database);
        if (!number) {
            return number.error();
        }
        result.database = *number;
    }
    return result;
}

} // namespace

QString RedisUrl::displayName() const
{
    if (!socketPath.isEmpty()) {
        return QStringLiteral("redis+unix://%1?db=%2").arg(socketPath).arg(database);
    }
    const QString shownHost = host.contains(QLatin1Char(':')) ? QLatin1Char('[') + host + QLatin1Char(']') : host;
    return QStringLiteral("redis://%1:%2/%3").arg(shownHost).arg(port).arg(database);
}

Result<RedisUrl> parseRedisUrl(const QString &text)
{
    const QUrl url(text.trimmed(), QUrl::StrictMode);
    if (!url.isValid()) {
        return unreadable(QStringLiteral("it is not a URL"));
    }
    const QString scheme = url.scheme();
    if (scheme == QStringLiteral("rediss")) {
        return Error{ErrorCode::Usage,
                     QStringLiteral("rediss:// needs TLS, which is not built into this version of PatchPanel"),
                     QStringLiteral("use redis:// on a trusted network, or a TLS tunnel on this machine")};
    }
    const bool isUnix = scheme == QStringLiteral("redis+unix");
    if (!isUnix && scheme != QStringLiteral("redis")) {
        return unreadable(QStringLiteral("it must start with redis:// or redis+unix://"));
    }
    if (url.hasFragment()) {
        return unreadable(QStringLiteral("it holds a '#'"));
    }
    const Result<QString> database = onlyDatabaseParameter(url);
    if (!database) {
        return database.error();
    }
    RedisUrl result;
    result.user = url.userName(QUrl::FullyDecoded).toUtf8();
    result.password = url.password(QUrl::FullyDecoded).toUtf8();
    if (!result.user.isEmpty() && result.password.isEmpty()) {
        return unreadable(QStringLiteral("it names a user but no password"));
    }
    return isUnix ? parseUnix(url, std::move(result), *database) : parseTcp(url, std::move(result), *database);
}

} // namespace PatchPanel::Storage
