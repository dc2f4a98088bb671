#include "services/http/sseparser.h"

#include <QTest>

using namespace PatchPanel::Http;
using Events = QList<ServerEvent>;

Q_DECLARE_METATYPE(PatchPanel::Http::ServerEvent)

class TestSseParser : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void reads_data();
    void reads();
    void keepsTheIdOverAReconnect();
    void dropsAnEventWithoutEnd();
};

void TestSseParser::reads_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<Events>("events");

    const ServerEvent a{"message", "", "a"};
    const ServerEvent b{"message", "", "b"};
    QTest::newRow("lf") << QByteArray("data: a\n\n") << Events{a};
    QTest::newRow("crlf") << QByteArray("data: a\r\n\r\n") << Events{a};
    QTest::newRow("cr") << QByteArray("data: a\r\r") << Events{a};
    QTest::newRow("mixed") << QByteArray("data: a\r\n\ndata: b\n\r") << Events{a, b};
    QTest::newRow("no space after the colon") << QByteArray("data:a\n\n") << Events{a};
    QTest::newRow("only one space goes") << QByteArray("data:  a\n\n") << Events{{"message", "", " a"}};
    QTest::newRow("several data lines") << QByteArray("data: a\ndata:\ndata: b\n\n")
                                        << Events{{"message", "", "a\n\nb"}};
    QTest::newRow("data without a colon") << QByteArray("data\n\n") << Events{{"message", "", ""}};
    QTest::newRow("comment") << QByteArray(": hello\n\ndata: a\n: x\n\n") << Events{a};
    QTest::newRow("named") << QByteArray("event: step\nid: 7\ndata: {}\n\n") << Events{{"step", "7", "{}"}};
    QTest::newRow("name does not last") << QByteArray("event: step\ndata: x\n\ndata: a\n\n")
                                        << Events{{"step", "", "x"}, a};
    QTest::newRow("id lasts") << QByteArray("id: 7\ndata: a\n\ndata: b\n\n")
                              << Events{{"message", "7", "a"}, {"message", "7", "b"}};
    QTest::newRow("id is taken back") << QByteArray("id: 7\ndata: a\n\nid\ndata: b\n\n")
                                      << Events{{"message", "7", "a"}, b};
    QTest::newRow("id with nul is ignored") << QByteArray("id: 7\0\ndata: a\n\n", 16) << Events{a};
    QTest::newRow("event without data") << QByteArray("event: step\n\ndata: a\n\n") << Events{a};
    QTest::newRow("unknown field") << QByteArray("retry: 5\nfoo: bar\ndata: a\n\n") << Events{a};
    QTest::newRow("byte order mark") << QByteArray("\xEF\xBB\xBF"
                                                   "data: a\n\n")
                                     << Events{a};
    QTest::newRow("byte order mark later") << QByteArray("data: a\n\n\xEF\xBB\xBF"
                                                         "data: b\n\n")
                                           << Events{a};
    QTest::newRow("colon in the data") << QByteArray("data: a: b\n\n") << Events{{"message", "", "a: b"}};
    QTest::newRow("incomplete") << QByteArray("data: a\n\ndata: b\n") << Events{a};
}

void TestSseParser::reads()
{
    QFETCH(QByteArray, bytes);
    QFETCH(Events, events);
    SseParser whole;
    QCOMPARE(whole.feed(bytes), events);

    SseParser slow;
    Events found;
    for (const char byte : bytes) {
        found += slow.feed(QByteArrayView(&byte, 1));
    }
    QCOMPARE(found, events);
}

void TestSseParser::keepsTheIdOverAReconnect()
{
    SseParser parser;
    QCOMPARE(parser.feed("id: 3\ndata: a\n\nid: 4\ndata: half").size(), 1);
    parser.restart();
    QCOMPARE(parser.feed("data: b\n\n"), (Events{{"message", "4", "b"}}));
}

void TestSseParser::dropsAnEventWithoutEnd()
{
    SseParser parser;
    const QByteArray piece(1024 * 1024, 'x');
    parser.feed("data: ");
    for (int i = 0; i < 20; ++i) {
        QVERIFY(parser.feed(piece).isEmpty());
    }
    QVERIFY(parser.feed("\n\n").isEmpty());
    QCOMPARE(parser.feed("data: a\n\n").size(), 1);
}

QTEST_GUILESS_MAIN(TestSseParser)

#include "tst_sseparser.moc"
