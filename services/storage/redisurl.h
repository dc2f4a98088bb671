#pragma once

#include "services/common/result.h"

#include <QByteArray>
#include <QString>

namespace PatchPanel::Storage {

// Where a Redis or Valkey server is and how to log in there. A value.
struct RedisUrl {
    QString host = {}; // name or address; empty for a Unix socket
    quint16 port = 6379;
    QString socketPath = {}; // absolute; empty for TCP
    QByteArray user = {}; // empty: the default user
    QByteArray password = {}; // empty: no AUTH
    int database = 0;

    // For messages: without user and password.
    QString displayName() const;
};

// Reads redis://[[user]:password@]host[:port][/db] and redis+unix://[[user]:password@]/path[?db=N]; special characters
// of user and password are percent-encoded. Usage for anything else; the message never quotes the text, because that
// may hold a password.
Result<RedisUrl> parseRedisUrl(const QString &text);

} // namespace PatchPanel::Storage
