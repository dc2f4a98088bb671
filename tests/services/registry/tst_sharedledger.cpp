#include "services/registry/sharedledger.h"
#include "tests/support/registryclock.h"

#include <QTest>

using namespace PatchPanel;
using namespace PatchPanel::Registry;
using namespace std::chrono_literals;
using Storage::SharedEntry;
using Storage::SharedTurn;
using Storage::SharedWrite;
using Kind = SharedWrite::Kind;

namespace {

const QByteArray token = "token";
const QString web = QStringLiteral("web");
const QString alive = QStringLiteral("alive");

SharedParts partsOfWeb(const QByteArray &status = "passing", quint16 port = 80, bool hasCheck = true)
{
    SharedParts parts{{"d",
                       R"({"ID":"web","Name":"web","Port":)" + QByteArray::number(port)
                           + R"(,"Check":{"CheckID":"alive","TTL":"15s"}})"},
                      {"m", "{}"}};
    if (hasCheck) {
        parts.insert("calive", R"({"Status":")" + status + R"("})");
    }
    return parts;
}

// As the others tell it.
SharedEntry entryOfWeb(const SharedParts &parts, std::chrono::milliseconds age = 1s, const QByteArray &id = "web")
{
    SharedEntry entry{.id = id, .kind = SharedEntry::Kind::Alive};
    for (auto part = parts.begin(); part != parts.end(); ++part) {
        entry.parts.append({.name = part.key(),
                            .value = sealed(token, id, part.key(), part.value()),
                            .age = age,
                            .beatAge = part.key().startsWith('c') ? std::optional(age) : std::nullopt});
    }
    return entry;
}

// "set d, set calive, beat calive"
QString described(const QList<SharedWrite> &writes)
{
    static const QMap<Kind, QString> names{{Kind::Set, QStringLiteral("set")},
                                           {Kind::Drop, QStringLiteral("drop")},
                                           {Kind::Beat, QStringLiteral("beat")},
                                           {Kind::Gone, QStringLiteral("gone")},
                                           {Kind::Silent, QStringLiteral("silent")}};
    QStringList parts;
    for (const SharedWrite &write : writes) {
        parts.append((names[write.kind] + u' ' + QString::fromUtf8(write.part)).trimmed());
    }
    return parts.join(QStringLiteral(", "));
}

} // namespace

// What is told, and how what others tell is merged.
class TestSharedLedger : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init() { m_ledger.emplace(token); }
    void tellsADefinitionFirstAndHeartbeatsLast();
    void tellsEachChangeOnce();
    void tellsHowLongAgoItWas();
    void tellsAgainWhatFailed();
    void tellsWhatChangedOnTheWay();
    void tellsARemovalBeforeWhatFollowed();
    void tellsSilenceAsOfTheLastNews();
    void dropsChecksThatWereLeftOut();
    void tellsMuchInSeveralTurns();
    void takesWhatOthersTell();
    void keepsWhatIsNotToldYet();
    void takesWhatWonAgainstIt();
    void takesAHeartbeatWithoutAChange();
    void forgetsWhatIsGone();
    void remembersNothingOfItsOwnRemovals();
    void tellsAllAnewWhenItWasLost();
    void tellsOneAnewThatWasLost();
    void restoredIsOlderThanAnything();
    void leavesOutWhatIsNotSigned();

private:
    SharedLedger::News settle(SharedTurn turn = {})
    {
        turn.cursor.life = "life";
        return m_ledger->settle(turn, m_clock.now);
    }
    // "web" is known to all.
    void share()
    {
        m_ledger->note(web, partsOfWeb(), m_clock.now);
        m_ledger->noteBeat(web, alive, m_clock.now);
        (void)m_ledger->writes(m_clock.now);
        settle();
        QVERIFY(!m_ledger->hasUntold());
    }

    Test::ManualClock m_clock;
    std::optional<SharedLedger> m_ledger;
};

void TestSharedLedger::tellsADefinitionFirstAndHeartbeatsLast()
{
    m_ledger->note(web, partsOfWeb(), m_clock.now);
    m_ledger->noteBeat(web, alive, m_clock.now);
    const QList<SharedWrite> writes = m_ledger->writes(m_clock.now);
    QCOMPARE(described(writes), QStringLiteral("set d, set calive, set m, beat calive"));
    QCOMPARE(writes[0].id, "web");
    QCOMPARE(unsealed(token, "web", "d", writes[0].value), partsOfWeb()["d"]);
}

void TestSharedLedger::tellsEachChangeOnce()
{
    share();
    QVERIFY(m_ledger->writes(m_clock.now).isEmpty());
    m_ledger->note(web, partsOfWeb("critical"), m_clock.now);
    QVERIFY(m_ledger->hasUntoldChanges());
    QCOMPARE(described(m_ledger->writes(m_clock.now)), QStringLiteral("set calive"));
    settle();
    m_ledger->note(web, partsOfWeb("critical"), m_clock.now);
    QVERIFY(!m_ledger->hasUntold());
    m_ledger->noteBeat(web, alive, m_clock.now);
    QVERIFY(!m_ledger->hasUntoldChanges());
    QCOMPARE(described(m_ledger->writes(m_clock.now)), QStringLiteral("beat calive"));
}

void TestSharedLedger::tellsHowLongAgoItWas()
{
    m_ledger->note(web, partsOfWeb(), m_clock.now);
    m_clock.now += 3s;
    m_ledger->noteBeat(web, alive, m_clock.now);
    m_clock.now += 4s;
    const QList<SharedWrite> writes = m_ledger->writes(m_clock.now);
    QCOMPARE(writes.first().age, 7000ms);
    QCOMPARE(writes.last().age, 4000ms);
}

void TestSharedLedger::tellsAgainWhatFailed()
{
    m_ledger->note(web, partsOfWeb(), m_clock.now);
    const QString first = described(m_ledger->writes(m_clock.now));
    m_ledger->turnFailed();
    QCOMPARE(described(m_ledger->writes(m_clock.now)), first);
    settle();
    QVERIFY(!m_ledger->hasUntold());
}

void TestSharedLedger::tellsWhatChangedOnTheWay()
{
    m_ledger->note(web, partsOfWeb(), m_clock.now);
    (void)m_ledger->writes(m_clock.now);
    m_ledger->note(web, partsOfWeb("critical"), m_clock.now);
    settle({.refused = {entryOfWeb(partsOfWeb("warning", 81))}}); // it counts less than what came since
    QCOMPARE(described(m_ledger->writes(m_clock.now)), QStringLiteral("set calive"));
    QVERIFY(m_ledger->value(web, "calive").contains("critical"));
    QCOMPARE(m_ledger->learned(web)->definition.port, 81);
}

void TestSharedLedger::tellsARemovalBeforeWhatFollowed()
{
    share();
    m_ledger->note(web, {}, m_clock.now);
    m_ledger->note(web, partsOfWeb(), m_clock.now);
    QCOMPARE(described(m_ledger->writes(m_clock.now)), QStringLiteral("gone, set d, set calive, set m"));
    settle();
    QVERIFY(!m_ledger->hasUntold());
    QCOMPARE(m_ledger->size(), 1);
}

void TestSharedLedger::tellsSilenceAsOfTheLastNews()
{
    share();
    m_clock.now += 75s;
    m_ledger->noteSilence(web, m_clock.now);
    const QList<SharedWrite> writes = m_ledger->writes(m_clock.now);
    QCOMPARE(described(writes), QStringLiteral("silent"));
    QCOMPARE(writes[0].age, 75'000ms);
}

void TestSharedLedger::dropsChecksThatWereLeftOut()
{
    share();
    m_ledger->note(web, partsOfWeb({}, 81, false), m_clock.now);
    QCOMPARE(described(m_ledger->writes(m_clock.now)), QStringLiteral("set d, drop calive"));
    QVERIFY(!m_ledger->heard(web, alive));
    settle();
    m_ledger->note(web, partsOfWeb(), m_clock.now);
    QCOMPARE(described(m_ledger->writes(m_clock.now)), QStringLiteral("set d, set calive"));
}

void TestSharedLedger::tellsMuchInSeveralTurns()
{
    for (int i = 0; i < 1000; ++i) {
        m_ledger->note(QString::number(i), {{"d", "{}"}, {"m", QByteArray(i < 10 ? 100'000 : 1, 'x')}}, m_clock.now);
    }
    QSet<QByteArray> told;
    int turns = 0;
    for (; m_ledger->hasUntold() && turns < 100; ++turns) {
        const QList<SharedWrite> writes = m_ledger->writes(m_clock.now);
        QVERIFY(writes.size() <= Storage::SharedServices::mostWrites);
        qsizetype bytes = 0;
        for (const SharedWrite &write : writes) {
            bytes += write.value.size();
            told.insert(write.id);
        }
        QVERIFY(bytes <= 600'000);
        settle();
    }
    QCOMPARE(told.size(), 1000);
    QVERIFY2(turns >= 4 && turns <= 8, qPrintable(QString::number(turns)));
}

void TestSharedLedger::takesWhatOthersTell()
{
    const auto news = settle({.entries = {entryOfWeb(partsOfWeb("warning"), 5s)}});
    QCOMPARE(news.services, QList{web});
    const std::optional<LearnedService> learned = m_ledger->learned(web);
    QVERIFY(learned.has_value());
    QCOMPARE(learned->definition.port, 80);
    QVERIFY(learned->checks[alive].status == CheckStatus::Warning);
    QCOMPARE(learned->checks[alive].beat, m_clock.now - 5s);
    QVERIFY(!learned->maintenance);
    QVERIFY(!m_ledger->hasUntold());
    QVERIFY(settle({.entries = {entryOfWeb(partsOfWeb("warning"), 5s)}}).services.isEmpty());
}

void TestSharedLedger::keepsWhatIsNotToldYet()
{
    share();
    m_ledger->note(web, partsOfWeb("critical"), m_clock.now);
    QCOMPARE(settle({.entries = {entryOfWeb(partsOfWeb("warning", 81))}}).services, QList{web});
    QVERIFY(m_ledger->value(web, "calive").contains("critical"));
    QVERIFY(m_ledger->value(web, "d").contains("81"));
    QVERIFY(settle({.entries = {{.id = "web", .kind = SharedEntry::Kind::Gone}}}).services.isEmpty());
    QCOMPARE(described(m_ledger->writes(m_clock.now)), QStringLiteral("set calive"));
}

void TestSharedLedger::takesWhatWonAgainstIt()
{
    share();
    m_ledger->note(web, partsOfWeb("critical"), m_clock.now);
    (void)m_ledger->writes(m_clock.now);
    QCOMPARE(settle({.refused = {entryOfWeb(partsOfWeb("warning"))}}).services, QList{web});
    QVERIFY(m_ledger->value(web, "calive").contains("warning"));

    m_ledger->note(web, partsOfWeb("critical"), m_clock.now);
    (void)m_ledger->writes(m_clock.now);
    QCOMPARE(settle({.refused = {{.id = "web", .kind = SharedEntry::Kind::Gone}}}).services, QList{web});
    QCOMPARE(m_ledger->size(), 0);

    share();
    m_ledger->note(web, {}, m_clock.now);
    (void)m_ledger->writes(m_clock.now);
    QCOMPARE(settle({.refused = {entryOfWeb(partsOfWeb("passing", 82))}}).services, QList{web});
    QCOMPARE(m_ledger->learned(web)->definition.port, 82);
}

void TestSharedLedger::takesAHeartbeatWithoutAChange()
{
    share();
    m_clock.now += 10s;
    const auto news = settle({.beats = {{.id = "web", .part = "calive", .age = 2s},
                                        {.id = "web", .part = "cother", .age = 2s},
                                        {.id = "web", .part = "d", .age = 2s},
                                        {.id = "db", .part = "calive", .age = 2s}}});
    QVERIFY(news.services.isEmpty());
    QCOMPARE(news.beats.size(), 1);
    QCOMPARE(news.beats[0].checkId, alive);
    QCOMPARE(m_ledger->heard(web, alive)->beat, m_clock.now - 2s);
    QVERIFY(settle({.beats = {{.id = "web", .part = "calive", .age = 3s}}}).beats.isEmpty());
}

void TestSharedLedger::forgetsWhatIsGone()
{
    share();
    QCOMPARE(settle({.entries = {{.id = "web", .kind = SharedEntry::Kind::Gone}}}).services, QList{web});
    QVERIFY(!m_ledger->learned(web));
    QCOMPARE(m_ledger->size(), 0);
}

void TestSharedLedger::remembersNothingOfItsOwnRemovals()
{
    share();
    m_ledger->note(web, {}, m_clock.now);
    QCOMPARE(m_ledger->size(), 1);
    (void)m_ledger->writes(m_clock.now);
    settle();
    QCOMPARE(m_ledger->size(), 0);
}

void TestSharedLedger::tellsAllAnewWhenItWasLost()
{
    share();
    m_ledger->note(QStringLiteral("db"), {}, m_clock.now);
    m_clock.now += 4s;
    (void)m_ledger->writes(m_clock.now); // left alone, since what it was told for is lost
    settle({.isNewLife = true, .entries = {entryOfWeb(partsOfWeb("warning", 81))}});
    const QList<SharedWrite> writes = m_ledger->writes(m_clock.now);
    QCOMPARE(writes.size(), 5);
    QVERIFY(described(writes).contains(QStringLiteral("set d, set calive, set m, beat calive")));
    QVERIFY(described(writes).contains(QStringLiteral("gone")));
    for (const SharedWrite &write : writes) {
        QCOMPARE(write.age, 4000ms);
    }
}

void TestSharedLedger::tellsOneAnewThatWasLost()
{
    share();
    m_ledger->noteBeat(web, alive, m_clock.now);
    (void)m_ledger->writes(m_clock.now);
    settle({.refused = {{.id = "web", .kind = SharedEntry::Kind::Unknown}, {.id = "db"}}});
    QCOMPARE(described(m_ledger->writes(m_clock.now)), QStringLiteral("set d, set calive, set m, beat calive"));
    QCOMPARE(m_ledger->size(), 1);
}

void TestSharedLedger::restoredIsOlderThanAnything()
{
    m_ledger->noteRestored(web, partsOfWeb("critical"), m_clock.now);
    const QList<SharedWrite> writes = m_ledger->writes(m_clock.now);
    QVERIFY(writes.first().age > 24h * 365);
    QCOMPARE(writes.last().age, 0ms); // its lease begins anew
    QCOMPARE(m_ledger->heard(web, alive)->since, m_clock.now);
}

void TestSharedLedger::leavesOutWhatIsNotSigned()
{
    SharedEntry forged = entryOfWeb(partsOfWeb());
    forged.id = "db";
    QVERIFY(settle({.entries = {forged}}).services.isEmpty());
    QCOMPARE(m_ledger->size(), 0);
    SharedEntry half = entryOfWeb(partsOfWeb());
    for (Storage::SharedPart &part : half.parts) {
        if (part.name == "calive") {
            part.value[70] = '?';
        }
    }
    settle({.entries = {half}});
    QVERIFY(m_ledger->learned(web).has_value());
    QVERIFY(m_ledger->learned(web)->checks.isEmpty());
}

QTEST_GUILESS_MAIN(TestSharedLedger)
#include "tst_sharedledger.moc"
