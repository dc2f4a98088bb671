#include "services/http/qthttpserver_compat.h"

#include <QHttpServer>
#include <QTcpServer>

namespace PatchPanel::Http {

namespace {

class ResponderHold final : public QtHold {
public:
    explicit ResponderHold(QHttpServerResponder &responder)
        : m_responder(responder)
    {
    }

    std::shared_ptr<void> take() override { return std::make_shared<QHttpServerResponder>(std::move(m_responder)); }

private:
    QHttpServerResponder &m_responder;
};

void handle(const QtHandler &handler, const QHttpServerRequest &request, QHttpServerResponder &responder)
{
    ResponderHold hold(responder);
    handler(request.body(), hold);
}

} // namespace

// No route is registered with QHttpServer, so its missing handler is the one way in: routing is ours, because its
// router answers neither OPTIONS nor 405 and its signatures changed between the versions.
void serveWith(QHttpServer &server, QTcpServer *listening, QtHandler handler)
{
#if QT_VERSION >= QT_VERSION_CHECK(6, 8, 0)
    server.setMissingHandler(
        &server, [handler = std::move(handler)](const QHttpServerRequest &request, QHttpServerResponder &responder) {
            handle(handler, request, responder);
        });
#else
    server.setMissingHandler(
        [handler = std::move(handler)](const QHttpServerRequest &request, QHttpServerResponder &&responder) {
            handle(handler, request, responder);
        });
#endif
    server.bind(listening);
}

} // namespace PatchPanel::Http
