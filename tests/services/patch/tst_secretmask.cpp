#include "services/patch/secretmask.h"

#include <QTest>

using PatchPanel::Patch::SecretMask;

namespace {

const QList<QByteArray> environment{"PATH=/usr/bin",          "NPM_TOKEN=npm-abcdef", "DB_PASSWORD=hunter2hunter2",
                                    "OLD_TOKEN=npm-abcdef-2", "MY_KEY=short",         "NPM_TOKEN=second-token"};

// In pieces of `size` bytes, as a pipe may give them.
QByteArray shown(const QByteArray &text, qsizetype size)
{
    SecretMask mask(environment);
    QByteArray result;
    for (qsizetype at = 0; at < text.size(); at += size) {
        result += mask.take(QByteArrayView(text).sliced(at, std::min(size, text.size() - at)));
    }
    return result + mask.finish();
}

} // namespace

class TestSecretMask : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void hides_data();
    void hides();
    void holdsBackOnlyWhatMayBeASecret();
    void hidesNothingWithoutSecrets();
};

void TestSecretMask::hides_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QByteArray>("expected");
    const auto row = [](const char *name, const QByteArray &text, const QByteArray &expected) {
        QTest::newRow(name) << text << expected;
    };
    row("nothing to hide", "just text /usr/bin\n", "just text /usr/bin\n");
    row("in the middle", "token npm-abcdef!\n", "token ***!\n");
    row("twice", "hunter2hunter2hunter2hunter2", "******");
    row("at the end", "= npm-abcdef", "= ***");
    row("the longer one", "npm-abcdef-2;", "***;");
    row("a begin of the longer one", "npm-abcdef-3", "***-3");
    row("only a begin", "npm-abcde npm-", "npm-abcde npm-");
    row("a begin before it", "npm-npm-abcdef", "npm-***");
    row("both of one name", "second-token npm-abcdef", "*** ***");
    row("too short to hide", "short", "short");
    row("bytes", QByteArray("\xff\0npm-abcdef\0", 13), QByteArray("\xff\0***\0", 6));
}

void TestSecretMask::hides()
{
    QFETCH(QByteArray, text);
    QFETCH(QByteArray, expected);
    for (qsizetype size = 1; size <= text.size(); ++size) {
        QCOMPARE(shown(text, size), expected);
    }
}

void TestSecretMask::holdsBackOnlyWhatMayBeASecret()
{
    SecretMask mask(environment);
    QCOMPARE(mask.take("Continue? [y] "), "Continue? [y] ");
    QCOMPARE(mask.take("x npm-"), "x ");
    QCOMPARE(mask.take("install"), "npm-install");
    QCOMPARE(mask.finish(), "");
}

void TestSecretMask::hidesNothingWithoutSecrets()
{
    SecretMask mask;
    QCOMPARE(mask.take("npm-abcdef"), "npm-abcdef");
    QCOMPARE(mask.finish(), "");
}

QTEST_APPLESS_MAIN(TestSecretMask)
#include "tst_secretmask.moc"
