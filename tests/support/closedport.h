#pragma once

#include <QTcpServer>

namespace PatchPanel::Test {

// A loopback port on which nothing listens.
inline quint16 closedPort()
{
    QTcpServer server;
    return server.listen(QHostAddress::LocalHost) ? server.serverPort() : quint16(1);
}

} // namespace PatchPanel::Test
