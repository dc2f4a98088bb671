#pragma once

#include <QByteArray>

#include <functional>
#include <memory>

class QHttpServer;
class QTcpServer;

// The one place that knows how QtHttpServer differs between Qt 6.4 and 6.8.
namespace PatchPanel::Http {

// What QHttpServer needs to be kept until a request is answered. From Qt 6.5 its connection waits for it; Qt 6.4 knows
// no such thing and there it keeps nothing alive. Taken only for an answer that comes after the handler returned.
class QtHold {
public:
    virtual ~QtHold() = default;
    virtual std::shared_ptr<void> take() = 0;
};

// The body of a request, as QHttpServer parsed it.
using QtHandler = std::function<void(const QByteArray &body, QtHold &hold)>;

// Sends every request of `listening` to `handler`, and gives the server to QHttpServer. Precondition: it listens.
// The handler must not throw.
void serveWith(QHttpServer &server, QTcpServer *listening, QtHandler handler);

} // namespace PatchPanel::Http
