#include "services/http/requestframing.h"

#include <QTest>

using namespace PatchPanel;
using namespace PatchPanel::Http;
using Step = RequestFraming::Step;

namespace {

Limits smallLimits()
{
    Limits limits;
    limits.requestLineBytes = 100;
    limits.headerBytes = 300;
    limits.headerCount = 5;
    limits.bodyBytes = 20;
    return limits;
}

// The step at which the reading of all `bytes` ends, with the head reported on the way.
Step readAll(RequestFraming &framing, QByteArrayView bytes)
{
    framing.append(bytes);
    Step step = framing.next();
    return step == Step::HeadComplete ? framing.next() : step;
}

// The same, byte by byte.
Step trickle(RequestFraming &framing, QByteArrayView bytes)
{
    Step step = Step::NeedMore;
    for (qsizetype i = 0; i < bytes.size() && step != Step::Refused; ++i) {
        step = readAll(framing, bytes.sliced(i, 1));
    }
    return step;
}

const QByteArray get = "GET / HTTP/1.1\r\nHost: a\r\n";
const QByteArray post = "POST / HTTP/1.1\r\nHost: a\r\n";

} // namespace

class TestRequestFraming : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void accepts_data();
    void accepts();
    void refuses_data();
    void refuses();
    void waits_data();
    void waits();
    void leavesTheNextRequest();
    void reportsTheHeadBeforeTheBody();
    void keepsAlive_data();
    void keepsAlive();
    void canonicalFormHasOneReading();
    void requestOfHead_data();
    void requestOfHead();
};

void TestRequestFraming::accepts_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QByteArray>("body");

    QTest::newRow("plain") << get + "\r\n" << QByteArray();
    QTest::newRow("empty line before it") << "\r\n" + get + "\r\n" << QByteArray();
    QTest::newRow("http 1.0 without a host") << QByteArray("GET / HTTP/1.0\r\n\r\n") << QByteArray();
    QTest::newRow("options of all") << QByteArray("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n") << QByteArray();
    QTest::newRow("length") << post + "Content-Length: 5\r\n\r\nhello" << QByteArray("hello");
    QTest::newRow("length 0") << post + "Content-Length: 0\r\n\r\n" << QByteArray();
    QTest::newRow("length with zeros") << post + "Content-Length: 005\r\n\r\nhello" << QByteArray("hello");
    QTest::newRow("largest body") << post + "Content-Length: 20\r\n\r\n" + QByteArray(20, 'x') << QByteArray(20, 'x');
    QTest::newRow("chunked") << post + "Transfer-Encoding: Chunked\r\n\r\n3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n"
                             << QByteArray("hello");
    QTest::newRow("chunk extension") << post + "Transfer-Encoding: chunked\r\n\r\n5;a=\"b\"\r\nhello\r\n0\r\n\r\n"
                                     << QByteArray("hello");
    QTest::newRow("chunk size in capitals") << post + "Transfer-Encoding: chunked\r\n\r\nA\r\n0123456789\r\n00\r\n\r\n"
                                            << QByteArray("0123456789");
    QTest::newRow("trailers are dropped") << post + "Transfer-Encoding: chunked\r\n\r\n0\r\nHost: evil\r\n\r\n"
                                          << QByteArray();
    QTest::newRow("line breaks in the body") << post + "Content-Length: 4\r\n\r\n\r\n\n\r" << QByteArray("\r\n\n\r");
    QTest::newRow("longest request line") << "GET /" + QByteArray(100 - 14, 'x') + " HTTP/1.1\r\nHost: a\r\n\r\n"
                                          << QByteArray();
    QTest::newRow("most headers") << get + "a: 1\r\nb: 2\r\nc: 3\r\nd: 4\r\n\r\n" << QByteArray();
    QTest::newRow("header without a value") << get + "a:\r\n\r\n" << QByteArray();
    QTest::newRow("bytes above ascii in a value") << get + "a: \xC3\xA4\r\n\r\n" << QByteArray();
}

void TestRequestFraming::accepts()
{
    QFETCH(QByteArray, bytes);
    RequestFraming whole(smallLimits());
    QVERIFY2(readAll(whole, bytes) == Step::Complete, qPrintable(whole.refusal().message));
    QTEST(whole.body(), "body");
    QVERIFY(!whole.hasUnread());

    RequestFraming slow(smallLimits());
    QCOMPARE(trickle(slow, bytes), Step::Complete);
    QTEST(slow.body(), "body");
}

void TestRequestFraming::refuses_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<int>("status");

    const QByteArray chunked = post + "Transfer-Encoding: chunked\r\n\r\n";
    QTest::newRow("negative length") << post + "Content-Length: -1\r\n\r\n" << 400;
    QTest::newRow("length with a plus") << post + "Content-Length: +5\r\n\r\n" << 400;
    QTest::newRow("length is hexadecimal") << post + "Content-Length: 0x5\r\n\r\n" << 400;
    QTest::newRow("length is empty") << post + "Content-Length:\r\n\r\n" << 400;
    QTest::newRow("length is a list") << post + "Content-Length: 5, 5\r\n\r\n" << 400;
    QTest::newRow("length overflows") << post + "Content-Length: 99999999999999999999\r\n\r\n" << 400;
    QTest::newRow("two lengths") << post + "Content-Length: 5\r\nContent-Length: 6\r\n\r\n" << 400;
    QTest::newRow("the same length twice") << post + "Content-Length: 5\r\ncontent-length: 5\r\n\r\n" << 400;
    QTest::newRow("length and chunked") << post + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n" << 400;
    QTest::newRow("two codings") << post + "Transfer-Encoding: gzip, chunked\r\n\r\n" << 400;
    QTest::newRow("coding twice") << post + "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n" << 400;
    QTest::newRow("unknown coding") << post + "Transfer-Encoding: xchunked\r\n\r\n" << 400;
    QTest::newRow("empty coding") << post + "Transfer-Encoding:\r\n\r\n" << 400;
    QTest::newRow("chunked in http 1.0") << QByteArray("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n") << 400;
    QTest::newRow("negative chunk size") << chunked + "-5\r\nhello" << 400;
    QTest::newRow("chunk size with 0x") << chunked + "0x5\r\nhello" << 400;
    QTest::newRow("chunk size with a space") << chunked + " 5\r\nhello" << 400;
    QTest::newRow("chunk size is empty") << chunked + "\r\n" << 400;
    QTest::newRow("chunk size overflows") << chunked + "FFFFFFFFFFFFFFFFF\r\n" << 400;
    QTest::newRow("endless chunk size") << chunked + QByteArray(300, '0') << 400;
    QTest::newRow("endless chunk extension") << chunked + "5;" + QByteArray(300, 'x') << 400;
    QTest::newRow("chunk longer than its size") << chunked + "3\r\nhello\r\n" << 400;
    QTest::newRow("chunk ends in lf") << chunked + "5\r\nhello\n0\r\n\r\n" << 400;
    QTest::newRow("chunk size ends in lf") << chunked + "5\nhello\r\n" << 400;
    QTest::newRow("chunk too large") << chunked + "15\r\n" << 413;
    QTest::newRow("chunks too large together") << chunked + "14\r\n" + QByteArray(20, 'x') + "\r\n1\r\n" << 413;
    QTest::newRow("length too large") << post + "Content-Length: 21\r\n\r\n" << 413;
    QTest::newRow("endless trailers") << chunked + "0\r\n" + QByteArray("a: b\r\n").repeated(10) << 431;
    QTest::newRow("request line too long") << "GET /" + QByteArray(100, 'x') << 431;
    QTest::newRow("endless method") << QByteArray(200, 'G') << 431;
    QTest::newRow("header line too long") << get + "a: " + QByteArray(300, 'x') << 431;
    QTest::newRow("headers too large together") << get + "a: " + QByteArray(150, 'x') + "\r\nb: " + QByteArray(150, 'x')
            + "\r\n" << 431;
    QTest::newRow("too many headers") << get + QByteArray("a: b\r\n").repeated(5) << 431;
    QTest::newRow("request line ends in lf") << QByteArray("GET / HTTP/1.1\nHost: a\r\n\r\n") << 400;
    QTest::newRow("header ends in lf") << get + "a: b\n\r\n" << 400;
    QTest::newRow("headers end in lf") << get + "\n" << 400;
    QTest::newRow("cr in a header") << get + "a: b\rContent-Length: 5\r\n\r\n" << 400;
    QTest::newRow("cr in the request line") << QByteArray("GET /\r HTTP/1.1\r\n") << 400;
    QTest::newRow("nul in a header") << get + QByteArray("a: \0\r\n", 6) << 400;
    QTest::newRow("delete in a header") << get + "a: \x7f\r\n" << 400;
    QTest::newRow("folded header") << get + "a: b\r\n c\r\n" << 400;
    QTest::newRow("space before the colon") << post + "Content-Length : 5\r\n" << 400;
    QTest::newRow("header without a colon") << get + "abc\r\n" << 400;
    QTest::newRow("header without a name") << get + ": b\r\n" << 400;
    QTest::newRow("no host") << QByteArray("GET / HTTP/1.1\r\n\r\n") << 400;
    QTest::newRow("empty host") << QByteArray("GET / HTTP/1.1\r\nHost:\r\n\r\n") << 400;
    QTest::newRow("two hosts") << get + "Host: b\r\n" << 400;
    QTest::newRow("host with a path") << QByteArray("GET / HTTP/1.1\r\nHost: a/b\r\n\r\n") << 400;
    QTest::newRow("host with a user") << QByteArray("GET / HTTP/1.1\r\nHost: x@a\r\n\r\n") << 400;
    QTest::newRow("host with a space") << QByteArray("GET / HTTP/1.1\r\nHost: a b\r\n\r\n") << 400;
    QTest::newRow("two tokens") << get + "Authorization: Bearer a\r\nAuthorization: Bearer b\r\n" << 400;
    QTest::newRow("two origins") << get + "Origin: a\r\norigin: b\r\n" << 400;
    QTest::newRow("two content types") << get + "Content-Type: a\r\nContent-Type: b\r\n" << 400;
    QTest::newRow("absolute target") << QByteArray("GET http://a/ HTTP/1.1\r\n") << 400;
    QTest::newRow("authority target") << QByteArray("CONNECT a:80 HTTP/1.1\r\n") << 400;
    QTest::newRow("star for get") << QByteArray("GET * HTTP/1.1\r\n") << 400;
    QTest::newRow("target without a slash") << QByteArray("GET x HTTP/1.1\r\n") << 400;
    QTest::newRow("target with two slashes") << QByteArray("GET //evil.example/ HTTP/1.1\r\n") << 400;
    QTest::newRow("target with a fragment") << QByteArray("GET /#a HTTP/1.1\r\n") << 400;
    QTest::newRow("target with a backslash") << QByteArray("GET /\\evil HTTP/1.1\r\n") << 400;
    QTest::newRow("target with a broken escape") << QByteArray("GET /%4 HTTP/1.1\r\n") << 400;
    QTest::newRow("target with no hex digits") << QByteArray("GET /%zz HTTP/1.1\r\n") << 400;
    QTest::newRow("target above ascii") << QByteArray("GET /\xC3\xA4 HTTP/1.1\r\n") << 400;
    QTest::newRow("no target") << QByteArray("GET HTTP/1.1\r\n") << 400;
    QTest::newRow("two spaces") << QByteArray("GET  / HTTP/1.1\r\n") << 400;
    QTest::newRow("space at the end") << QByteArray("GET / HTTP/1.1 \r\n") << 400;
    QTest::newRow("tab") << QByteArray("GET\t/\tHTTP/1.1\r\n") << 400;
    QTest::newRow("method is no token") << QByteArray("G(T / HTTP/1.1\r\n") << 400;
    QTest::newRow("http 0.9") << QByteArray("GET /\r\n") << 400;
    QTest::newRow("http 2 preface") << QByteArray("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n") << 400;
    QTest::newRow("http 1.2") << QByteArray("GET / HTTP/1.2\r\n") << 400;
    QTest::newRow("version in small letters") << QByteArray("GET / http/1.1\r\n") << 400;
    QTest::newRow("two empty lines first") << QByteArray("\r\n\r\n") << 400;
    QTest::newRow("tls client hello without a line feed") << QByteArray("\x16\x03\x01", 3) << 400;
    QTest::newRow("zero") << QByteArray(1, '\0') << 400;
    QTest::newRow("tls client hello") << QByteArray("\x16\x03\x01\x02\x00\x01\x00\x0a\x03\x03", 10) << 400;
}

void TestRequestFraming::refuses()
{
    QFETCH(QByteArray, bytes);
    RequestFraming whole(smallLimits());
    QCOMPARE(readAll(whole, bytes), Step::Refused);
    QTEST(traitsOf(whole.refusal().code).httpStatus, "status");
    QVERIFY(!whole.refusal().message.isEmpty());
    QCOMPARE(whole.next(), Step::Refused);

    RequestFraming slow(smallLimits());
    QCOMPARE(trickle(slow, bytes), Step::Refused);
    QTEST(traitsOf(slow.refusal().code).httpStatus, "status");
}

void TestRequestFraming::waits_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<bool>("started");

    QTest::newRow("nothing") << QByteArray() << false;
    QTest::newRow("half a line") << QByteArray("GET /") << true;
    QTest::newRow("cr without its lf") << QByteArray("GET / HTTP/1.1\r") << true;
    QTest::newRow("headers without an end") << get << true;
    QTest::newRow("part of the body") << post + "Content-Length: 5\r\n\r\nhel" << true;
    QTest::newRow("chunk without its end") << post + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r" << true;
    QTest::newRow("last chunk without its end") << post + "Transfer-Encoding: chunked\r\n\r\n0\r\n" << true;
}

void TestRequestFraming::waits()
{
    QFETCH(QByteArray, bytes);
    RequestFraming framing(smallLimits());
    QCOMPARE(readAll(framing, bytes), Step::NeedMore);
    QTEST(framing.hasStarted(), "started");
}

void TestRequestFraming::leavesTheNextRequest()
{
    RequestFraming framing(smallLimits());
    QCOMPARE(readAll(framing, post + "Content-Length: 2\r\n\r\nok" + "GET /second HTTP/1.1\r\nHost: b\r\n\r\n"),
             Step::Complete);
    QCOMPARE(framing.body(), QByteArray("ok"));
    QVERIFY(framing.hasUnread());
    framing.startNext();
    QCOMPARE(readAll(framing, {}), Step::Complete);
    QCOMPARE(framing.head().target, QByteArray("/second"));
    QCOMPARE(framing.body(), QByteArray());
    QVERIFY(!framing.hasUnread());
    framing.startNext();
    QVERIFY(!framing.hasStarted());
}

void TestRequestFraming::reportsTheHeadBeforeTheBody()
{
    RequestFraming framing(smallLimits());
    framing.append(post + "Content-Length: 5\r\nExpect: 100-continue\r\n\r\n");
    QCOMPARE(framing.next(), Step::HeadComplete);
    QVERIFY(framing.head().expectsContinue);
    QVERIFY(framing.head().hasBody());
    QCOMPARE(framing.next(), Step::NeedMore);
    framing.append("hello");
    QCOMPARE(framing.next(), Step::Complete);
}

void TestRequestFraming::keepsAlive_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<bool>("keepsAlive");

    QTest::newRow("http 1.1") << get + "\r\n" << true;
    QTest::newRow("close") << get + "Connection: close\r\n\r\n" << false;
    QTest::newRow("close in a list") << get + "Connection: TE, Close\r\n\r\n" << false;
    QTest::newRow("http 1.0") << QByteArray("GET / HTTP/1.0\r\n\r\n") << false;
}

void TestRequestFraming::keepsAlive()
{
    QFETCH(QByteArray, bytes);
    RequestFraming framing(smallLimits());
    QCOMPARE(readAll(framing, bytes), Step::Complete);
    QTEST(framing.head().keepAlive, "keepsAlive");
}

void TestRequestFraming::canonicalFormHasOneReading()
{
    RequestFraming framing(Limits{});
    QCOMPARE(readAll(framing,
                     post
                         + "Transfer-Encoding: chunked\r\nConnection: Upgrade, x\r\nUpgrade: websocket\r\n"
                           "Expect: 100-continue\r\nX-Mine: 1\r\n\r\n2\r\nok\r\n0\r\n\r\n"),
             Step::Complete);
    QCOMPARE(canonicalBytes(framing.head(), framing.body()),
             QByteArray("POST / HTTP/1.1\r\nContent-Length: 2\r\nHost: a\r\nX-Mine: 1\r\n\r\nok"));
}

void TestRequestFraming::requestOfHead_data()
{
    QTest::addColumn<QByteArray>("target");
    QTest::addColumn<QString>("path"); // empty: refused
    QTest::addColumn<QString>("query");

    QTest::newRow("plain") << QByteArray("/a/b") << QStringLiteral("/a/b") << QString();
    QTest::newRow("query") << QByteArray("/a?x=1&y=%26") << QStringLiteral("/a") << QStringLiteral("x=1&y=%26");
    QTest::newRow("empty query") << QByteArray("/a?") << QStringLiteral("/a") << QString();
    QTest::newRow("question mark in the query")
        << QByteArray("/a?x=?") << QStringLiteral("/a") << QStringLiteral("x=?");
    QTest::newRow("utf-8") << QByteArray("/%C3%A4") << QStringLiteral("/ä") << QString();
    QTest::newRow("dots in a name") << QByteArray("/a..b/.c") << QStringLiteral("/a..b/.c") << QString();
    QTest::newRow("not utf-8") << QByteArray("/%FF") << QString() << QString();
    QTest::newRow("nul") << QByteArray("/a%00b") << QString() << QString();
    QTest::newRow("line break") << QByteArray("/a%0Ab") << QString() << QString();
    QTest::newRow("parent") << QByteArray("/a/../b") << QString() << QString();
    QTest::newRow("escaped parent") << QByteArray("/a/%2e%2E/b") << QString() << QString();
    QTest::newRow("current") << QByteArray("/./a") << QString() << QString();
}

void TestRequestFraming::requestOfHead()
{
    QFETCH(QByteArray, target);
    QFETCH(QString, path);
    RequestHead head;
    head.method = "GET";
    head.target = target;
    const Result<Request> request = toRequest(head);
    QCOMPARE(request.ok(), !path.isEmpty());
    if (request) {
        QCOMPARE(request->path, path);
        QTEST(request->query.toString(QUrl::FullyEncoded), "query");
    } else {
        QCOMPARE(request.error().code, ErrorCode::BadRequest);
    }
}

QTEST_GUILESS_MAIN(TestRequestFraming)

#include "tst_requestframing.moc"
