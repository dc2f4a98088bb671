#include "services/common/error.h"

#include <QSet>
#include <QTest>

using namespace PatchPanel;

class TestError : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void everyCodeHasARowOfItsOwn();
    void exitCodesAndStatuses_data();
    void exitCodesAndStatuses();
    void unknownNamesAreInternal();
    void survivesTheWire();
    void oneLineNamesPlaceAndHint();
};

void TestError::everyCodeHasARowOfItsOwn()
{
    QSet<QByteArray> names;
    for (int i = 0; i <= static_cast<int>(ErrorCode::Internal); ++i) {
        const auto code = static_cast<ErrorCode>(i);
        const ErrorTraits traits = traitsOf(code);
        QVERIFY2(!names.contains(traits.name), traits.name);
        names.insert(traits.name);
        QCOMPARE(errorCodeFromName(QString::fromLatin1(traits.name)), code);
        QVERIFY(traits.httpStatus >= 400 && traits.httpStatus < 600);
        QVERIFY(traits.exitCode > 0);
    }
}

void TestError::exitCodesAndStatuses_data()
{
    QTest::addColumn<ErrorCode>("code");
    QTest::addColumn<int>("httpStatus");
    QTest::addColumn<int>("exitCode");
    QTest::newRow("task is wrong") << ErrorCode::InvalidTask << 422 << 3;
    QTest::newRow("does not apply") << ErrorCode::DoesNotApply << 409 << 3;
    QTest::newRow("plan is stale") << ErrorCode::Stale << 409 << 3;
    QTest::newRow("gate failed") << ErrorCode::GateFailed << 409 << 1;
    QTest::newRow("workspace locked") << ErrorCode::Busy << 409 << 4;
    QTest::newRow("no runner") << ErrorCode::NoRunner << 503 << 4;
    QTest::newRow("port in use") << ErrorCode::PortInUse << 500 << 5;
    QTest::newRow("roll-back failed") << ErrorCode::RollbackFailed << 500 << 6;
    QTest::newRow("command line") << ErrorCode::Usage << 400 << 64;
    QTest::newRow("time-out") << ErrorCode::TimedOut << 504 << 124;
    QTest::newRow("wrong token") << ErrorCode::Unauthorized << 401 << 4;
    QTest::newRow("body too large") << ErrorCode::PayloadTooLarge << 413 << 3;
}

void TestError::exitCodesAndStatuses()
{
    QFETCH(ErrorCode, code);
    QTEST(traitsOf(code).httpStatus, "httpStatus");
    QTEST(traitsOf(code).exitCode, "exitCode");
}

void TestError::unknownNamesAreInternal()
{
    QCOMPARE(errorCodeFromName(QStringLiteral("no-such-code")), ErrorCode::Internal);
    QCOMPARE(errorCodeFromName({}), ErrorCode::Internal);
}

void TestError::survivesTheWire()
{
    const Error sent{ErrorCode::Ambiguous,
                     QStringLiteral("fits twice"),
                     QStringLiteral("name the line"),
                     QStringLiteral("a.txt"),
                     {{QStringLiteral("lines"), 2}}};
    const Error received = Error::fromJson(sent.toJson());
    QCOMPARE(received.code, sent.code);
    QCOMPARE(received.message, sent.message);
    QCOMPARE(received.hint, sent.hint);
    QCOMPARE(received.where, sent.where);
    QCOMPARE(received.details, sent.details);
}

void TestError::oneLineNamesPlaceAndHint()
{
    const Error error{ErrorCode::Io, QStringLiteral("cannot read"), QStringLiteral("check the disk"),
                      QStringLiteral("a.txt")};
    QCOMPARE(error.toString(), QStringLiteral("a.txt: cannot read (check the disk)"));
    QCOMPARE((Error{ErrorCode::Io, QStringLiteral("cannot read")}).toString(), QStringLiteral("cannot read"));
}

QTEST_GUILESS_MAIN(TestError)
#include "tst_error.moc"
