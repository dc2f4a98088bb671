#include "services/runner/traceparent.h"

#include <QTest>

using namespace PatchPanel;

namespace {

const QByteArray valid = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

} // namespace

class TestTraceparent : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void passesOnWhatIsValid_data();
    void passesOnWhatIsValid();
    void twoOfThemAreNone();
};

void TestTraceparent::passesOnWhatIsValid_data()
{
    QTest::addColumn<QByteArray>("header");
    QTest::addColumn<QByteArray>("passedOn");
    const QByteArray ids = valid.mid(2, 50);
    const auto row = [](const char *name, const QByteArray &header, const QByteArray &passedOn) {
        QTest::newRow(name) << header << passedOn;
    };

    row("sampled", valid, valid);
    row("not sampled", "00" + ids + "-00", "00" + ids + "-00");
    row("blanks around it", "  " + valid + "\t", valid);
    row("a later version", "cc" + ids + "-01", valid);
    row("a later version with more", "cc" + ids + "-01-what-the-future-brings", valid);
    row("a later version with more, not set off", "cc" + ids + "-01.what", {});
    row("more than version 00 has", valid + "-more", {});
    row("the version that is forbidden", "ff" + ids + "-01", {});
    row("empty", {}, {});
    row("cut off", valid.chopped(1), {});
    row("capital letters", valid.toUpper(), {});
    row("no trace", "00-" + QByteArray(32, '0') + "-b7ad6b7169203331-01", {});
    row("no parent", "00-0af7651916cd43dd8448eb211c80319c-" + QByteArray(16, '0') + "-01", {});
    row("no hexadecimal flags", "00" + ids + "-0x", {});
    row("other separators", QByteArray(valid).replace('-', '_'), {});
    row("a command in it", "00-$(touch /tmp/x)6cd43dd8448eb211c80-b7ad6b7169203331-01", {});
}

void TestTraceparent::passesOnWhatIsValid()
{
    QFETCH(QByteArray, header);
    QTEST(Runner::traceparentOf({{"Host", "localhost"}, {"TraceParent", header}}), "passedOn");
}

void TestTraceparent::twoOfThemAreNone()
{
    QCOMPARE(Runner::traceparentOf({{"traceparent", valid}, {"traceparent", valid}}), QByteArray());
    QCOMPARE(Runner::traceparentOf({}), QByteArray());
}

QTEST_GUILESS_MAIN(TestTraceparent)
#include "tst_traceparent.moc"
