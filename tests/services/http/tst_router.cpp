#include "services/http/requesthead.h"
#include "services/http/router.h"

#include <QTest>

using namespace PatchPanel::Http;

class TestRouter : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void finds_data();
    void finds();
    void numbersRoutesInOrder();
};

namespace {

enum Numbered { ListRuns, StartRun, ShowRun, ActiveRuns, RunLog, OwnHead, GetOfHead, Root };

Router makeRouter()
{
    Router router;
    router.add(Method::Get, QStringLiteral("/runs"));
    router.add(Method::Post, QStringLiteral("/runs"));
    router.add(Method::Get, QStringLiteral("/runs/:id"));
    router.add(Method::Get, QStringLiteral("/runs/active"));
    router.add(Method::Get, QStringLiteral("/runs/:id/log"));
    router.add(Method::Head, QStringLiteral("/head"));
    router.add(Method::Get, QStringLiteral("/head"));
    router.add(Method::Get, QStringLiteral("/"));
    return router;
}

} // namespace

void TestRouter::numbersRoutesInOrder()
{
    Router router;
    QCOMPARE(router.add(Method::Get, QStringLiteral("/a")), 0);
    QCOMPARE(router.add(Method::Get, QStringLiteral("/b")), 1);
}

void TestRouter::finds_data()
{
    QTest::addColumn<Method>("method");
    QTest::addColumn<QByteArray>("path");
    QTest::addColumn<int>("route");
    QTest::addColumn<QList<QString>>("captures");
    QTest::addColumn<QByteArray>("allowed");

    using Parts = QList<QString>;
    const QByteArray get = "GET, HEAD, OPTIONS";
    QTest::newRow("literal") << Method::Get << QByteArray("/runs") << int(ListRuns) << Parts()
                             << QByteArray("GET, POST, HEAD, OPTIONS");
    QTest::newRow("other method") << Method::Post << QByteArray("/runs") << int(StartRun) << Parts()
                                  << QByteArray("GET, POST, HEAD, OPTIONS");
    QTest::newRow("capture") << Method::Get << QByteArray("/runs/42") << int(ShowRun) << Parts{QStringLiteral("42")}
                             << get;
    QTest::newRow("literal before capture")
        << Method::Get << QByteArray("/runs/active") << int(ActiveRuns) << Parts() << get;
    QTest::newRow("capture in the middle")
        << Method::Get << QByteArray("/runs/a%20b/log") << int(RunLog) << Parts{QStringLiteral("a b")} << get;
    QTest::newRow("escaped slash stays in its part")
        << Method::Get << QByteArray("/runs/a%2Flog") << int(ShowRun) << Parts{QStringLiteral("a/log")} << get;
    QTest::newRow("escaped literal") << Method::Get << QByteArray("/%72uns") << int(ListRuns) << Parts()
                                     << QByteArray("GET, POST, HEAD, OPTIONS");
    QTest::newRow("head falls back to get")
        << Method::Head << QByteArray("/runs/42") << int(ShowRun) << Parts{QStringLiteral("42")} << get;
    QTest::newRow("head of its own") << Method::Head << QByteArray("/head") << int(OwnHead) << Parts()
                                     << QByteArray("HEAD, GET, OPTIONS");
    QTest::newRow("get beside a head") << Method::Get << QByteArray("/head") << int(GetOfHead) << Parts()
                                       << QByteArray("HEAD, GET, OPTIONS");
    QTest::newRow("root") << Method::Get << QByteArray("/") << int(Root) << Parts() << get;
    QTest::newRow("empty part is no capture") << Method::Get << QByteArray("/runs/") << -1 << Parts() << QByteArray();
    QTest::newRow("longer than the pattern")
        << Method::Get << QByteArray("/runs/1/log/2") << -1 << Parts() << QByteArray();
    QTest::newRow("unknown") << Method::Get << QByteArray("/nothing") << -1 << Parts() << QByteArray();
    QTest::newRow("case differs") << Method::Get << QByteArray("/Runs") << -1 << Parts() << QByteArray();
    QTest::newRow("method not allowed") << Method::Delete << QByteArray("/runs/42") << -1 << Parts() << get;
    QTest::newRow("options") << Method::Options << QByteArray("/runs/42") << -1 << Parts() << get;
    QTest::newRow("unknown method") << Method::Other << QByteArray("/runs/42") << -1 << Parts() << get;
}

void TestRouter::finds()
{
    QFETCH(Method, method);
    QFETCH(QByteArray, path);
    const Router::Match match = makeRouter().match(method, pathParts(path));
    QTEST(match.route, "route");
    QTEST(match.captures, "captures");
    QTEST(match.allowed.join(", "), "allowed");
}

QTEST_GUILESS_MAIN(TestRouter)

#include "tst_router.moc"
