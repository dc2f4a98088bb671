#pragma once

#include <QByteArray>
#include <QList>
#include <QString>

#include <optional>

namespace PatchPanel::Http {

// A process that listens on a port.
struct PortHolder {
    qint64 pid = 0;
    QString name = {};
};

// Who listens on TCP `port` of this machine (/proc/net/tcp, /proc/net/tcp6, /proc/PID/fd; see proc(5)). Nothing when
// nobody does, or when it belongs to another user whose files cannot be read.
std::optional<PortHolder> findPortHolder(quint16 port);

// The inodes of the listening sockets on `port` in the text of /proc/net/tcp or tcp6. Pure.
QList<QByteArray> listeningInodes(const QByteArray &table, quint16 port);

} // namespace PatchPanel::Http
