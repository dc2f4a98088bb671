#include "services/runner/idempotencykeys.h"

#include <QTest>

using namespace PatchPanel;
using Runner::IdempotencyKeys;
using namespace std::chrono_literals;

class TestIdempotencyKeys : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void tellsKeysAndBodiesApart();
    void forgetsAfterADay();
};

void TestIdempotencyKeys::tellsKeysAndBodiesApart()
{
    IdempotencyKeys keys;
    QCOMPARE(keys.find("k1", "body").match, IdempotencyKeys::Match::New);
    keys.remember("k1", "body", QStringLiteral("run 1"));
    QCOMPARE(keys.find("k1", "body").match, IdempotencyKeys::Match::Same);
    QCOMPARE(keys.find("k1", "body").runId, QStringLiteral("run 1"));
    QCOMPARE(keys.find("k1", "other").match, IdempotencyKeys::Match::OtherBody);
    QCOMPARE(keys.find("k2", "body").match, IdempotencyKeys::Match::New);
}

void TestIdempotencyKeys::forgetsAfterADay()
{
    std::chrono::steady_clock::time_point now{};
    IdempotencyKeys keys([&now] { return now; });
    keys.remember("k1", "body", QStringLiteral("run 1"));
    now += 24h - 1s;
    QCOMPARE(keys.find("k1", "body").match, IdempotencyKeys::Match::Same);
    now += 1s;
    QCOMPARE(keys.find("k1", "body").match, IdempotencyKeys::Match::New);
}

QTEST_GUILESS_MAIN(TestIdempotencyKeys)
#include "tst_idempotencykeys.moc"
