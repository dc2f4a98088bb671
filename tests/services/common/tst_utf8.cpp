#include "services/common/utf8.h"

#include <QTest>

using namespace PatchPanel;

class TestUtf8 : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void textFromUtf8_data();
    void textFromUtf8();
};

void TestUtf8::textFromUtf8_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QString>("text");
    QTest::newRow("nothing") << QByteArray() << QString();
    QTest::newRow("plain") << QByteArray("a\0b", 3) << QString::fromLatin1("a\0b", 3);
    QTest::newRow("of two to four bytes") << QByteArray("ä€😀") << QString::fromUtf8("ä€😀");
    QTest::newRow("byte order mark") << QByteArray("\xef\xbb\xbfx") << QString(QChar(0xfeff)) + u'x';
    QTest::newRow("two of them") << QByteArray("\xef\xbb\xbf\xef\xbb\xbf") << QString(2, QChar(0xfeff));
    QTest::newRow("one in the middle") << QByteArray("x\xef\xbb\xbf") << QString(u'x') + QChar(0xfeff);
    QTest::newRow("not UTF-8") << QByteArray("a\xff") << QString(u'a') + QChar(0xfffd);
    QTest::newRow("cut off") << QByteArray("a\xc3") << QString(u'a') + QChar(0xfffd);
}

void TestUtf8::textFromUtf8()
{
    QFETCH(const QByteArray, bytes);
    QFETCH(const QString, text);
    QCOMPARE(PatchPanel::textFromUtf8(bytes), text);
}

QTEST_GUILESS_MAIN(TestUtf8)
#include "tst_utf8.moc"
