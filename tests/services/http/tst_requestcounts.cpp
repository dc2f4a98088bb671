#include "services/http/servermetrics.h"
#include "tests/services/http/testserver.h"
#include "tests/support/httprawclient.h"
#include "tests/support/prometheusparser.h"

#include <QTest>

using namespace PatchPanel;
using namespace PatchPanel::Http;
using Test::PrometheusParser;
using TestSupport::RawHttpClient;
using TestSupport::rawRequest;

class TestRequestCounts : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void countsByRouteMethodAndStatus();
    void whatServesIsToldByRoute();
};

void TestRequestCounts::countsByRouteMethodAndStatus()
{
    RequestCounts counts;
    QVERIFY(counts.counts().empty());
    counts.addRoute(Method::Get, QStringLiteral("/a/:b"));
    counts.count(0, Method::Get, 200);
    counts.count(0, Method::Get, 202);
    counts.count(0, Method::Head, 200);
    counts.count(-1, Method::Other, 404);
    counts.count(-1, Method::Other, 9999); // never out of bounds
    const auto found = counts.counts();
    QCOMPARE(found.size(), std::size_t(4));
    QCOMPARE(found[0].pattern, QString());
    QCOMPARE(found[0].statusClass, 4);
    QCOMPARE(found[2].pattern, QStringLiteral("/a/:b"));
    QCOMPARE(found[2].method, Method::Get);
    QCOMPARE(found[2].statusClass, 2);
    QCOMPARE(found[2].requests, quint64(2));
    QCOMPARE(found[3].method, Method::Head);
}

void TestRequestCounts::whatServesIsToldByRoute()
{
    TestServer server;
    server->route(Method::Get, QStringLiteral("/items/:id"), [](const Request &) {
        return Response::problem(Error{ErrorCode::NotFound, {}});
    });
    server->route(Method::Post, QStringLiteral("/items"), [](const Request &) { return Response::empty(); });
    RawHttpClient client(server.listen());
    const auto send = [&](QByteArrayView line, QByteArrayView token, QByteArrayView headers = {},
                          QByteArrayView body = {}) {
        client.send(rawRequest(server.url(), line, token, headers, body));
        return client.readAnswer().status;
    };
    QCOMPARE(send("GET /items/1 HTTP/1.1", testToken), 404);
    QCOMPARE(send("GET /items/2 HTTP/1.1", testToken), 404);
    QCOMPARE(send("POST /items HTTP/1.1", testToken, "Content-Type: application/json\r\n", "{}"), 200);
    QCOMPARE(send("GET /else HTTP/1.1", testToken), 404);
    QCOMPARE(send("BREW /items HTTP/1.1", testToken), 405);
    QCOMPARE(send("GET /items/1 HTTP/1.1", "wrong"), 401);

    PrometheusText text;
    appendServerMetrics(text, *server.operator->());
    PrometheusParser metrics;
    QCOMPARE(metrics.parse(text.bytes()), QString());
    const auto requests = [&metrics](const QByteArray &route, const QByteArray &method, const QByteArray &status) {
        return metrics.value("patchpanel_http_requests_total",
                             {{"route", route}, {"method", method}, {"status", status}});
    };
    QCOMPARE(requests("/items/:id", "GET", "4xx"), 2.0);
    QCOMPARE(requests("/items", "POST", "2xx"), 1.0);
    QCOMPARE(requests("", "GET", "4xx"), 2.0);
    QCOMPARE(requests("", "OTHER", "4xx"), 1.0);
    QCOMPARE(metrics.value("patchpanel_http_open_connections"), 1.0);
    QCOMPARE(metrics.value("patchpanel_http_event_streams"), 0.0);
    QCOMPARE(metrics.value("patchpanel_build_info", {{"version", PATCHPANEL_VERSION}, {"qt", qVersion()}}), 1.0);
}

QTEST_GUILESS_MAIN(TestRequestCounts)
#include "tst_requestcounts.moc"
