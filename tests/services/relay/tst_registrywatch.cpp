#include "services/common/json.h"
#include "services/http/server.h"
#include "services/relay/registrywatch.h"

#include <QJsonArray>
#include <QSignalSpy>
#include <QTest>

#include <memory>
#include <vector>

using namespace PatchPanel;
using PatchPanel::Relay::RegistryWatch;

namespace {

// A registry whose queries are held until the test answers them.
class HoldingRegistry {
public:
    HoldingRegistry()
        : m_server(std::make_unique<Http::Server>(
            Http::ServerOptions{.service = QStringLiteral("registry"), .auth = Http::Auth::None},
            Log::Writer(m_log, "registry")))
    {
        m_server->routePending(Http::Method::Get, QStringLiteral("/v1/health/service/:name"),
                               [this](const Http::Request &request, const Http::Pending &pending) {
                                   queries.append(request.query.query());
                                   m_held.push_back(pending);
                               });
        const Result<QUrl> listening = m_server->listen();
        url = listening ? *listening : QUrl();
    }

    // Answers the query that waits for longest, once there is one.
    void answer(const QStringList &ids, const QByteArray &index)
    {
        QTRY_VERIFY(!m_held.empty());
        QJsonArray entries;
        for (const QString &id : ids) {
            entries.append(QJsonObject{
                {QStringLiteral("Service"),
                 QJsonObject{{QStringLiteral("ID"), id},
                             {QStringLiteral("Address"), QStringLiteral("127.0.0.1")},
                             {QStringLiteral("Port"), 5050},
                             {QStringLiteral("Meta"), QJsonObject{{QStringLiteral("slots"), QStringLiteral("3")}}}}}});
        }
        Http::Response response;
        response.body = QJsonDocument(entries).toJson();
        response.headers.emplaceBack("Content-Type", "application/json");
        if (!index.isEmpty()) {
            response.headers.emplaceBack("X-Consul-Index", index);
        }
        m_held.front().answer(response);
        m_held.erase(m_held.begin());
    }
    void refuse(int status)
    {
        QTRY_VERIFY(!m_held.empty());
        m_held.front().answer(Http::Response::text("no", status));
        m_held.erase(m_held.begin());
    }
    void die()
    {
        m_held.clear();
        m_server.reset();
    }

    QUrl url;
    QStringList queries;

private:
    Log::Store m_log;
    std::vector<Http::Pending> m_held;
    std::unique_ptr<Http::Server> m_server;
};

struct Fixture {
    HoldingRegistry registry;
    Http::Client client{Http::ClientOptions{}};
    RegistryWatch watch{client, registry.url, QStringLiteral("runner")};
    QSignalSpy changes{&watch, &RegistryWatch::changed};

    QStringList ids() const
    {
        QStringList found;
        for (const Relay::Instance &instance : watch.instances()) {
            found.append(instance.id);
        }
        return found;
    }
};

} // namespace

class TestRegistryWatch : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void followsTheIndex();
    void beginsAnewWhenTheIndexGoesBack();
    void asksARegistryThatDoesNotHoldQueriesNowAndThen();
    void keepsWhatItKnowsWhileTheRegistryIsAway();
    void refusalIsNotFresh();
};

void TestRegistryWatch::followsTheIndex()
{
    Fixture f;
    QVERIFY(!f.watch.isFresh());
    f.registry.answer({QStringLiteral("a")}, "7");
    QTRY_COMPARE(f.ids(), QStringList{QStringLiteral("a")});
    QVERIFY(f.watch.isFresh());
    QCOMPARE(f.watch.instances().first().slotCount, 3);
    f.registry.answer({QStringLiteral("a"), QStringLiteral("b")}, "9");
    QTRY_COMPARE(f.ids().size(), 2);
    QTRY_COMPARE(f.registry.queries.size(), 3);
    QCOMPARE(
        f.registry.queries,
        (QStringList{QStringLiteral("passing=true&index=0&wait=55s"), QStringLiteral("passing=true&index=7&wait=55s"),
                     QStringLiteral("passing=true&index=9&wait=55s")}));
    QCOMPARE(f.changes.size(), 2);
}

void TestRegistryWatch::beginsAnewWhenTheIndexGoesBack()
{
    Fixture f;
    f.registry.answer({}, "100");
    f.registry.answer({QStringLiteral("a")}, "3"); // it was started again
    QTRY_COMPARE(f.registry.queries.size(), 3);
    QVERIFY(f.registry.queries.last().contains(QStringLiteral("index=0")));
    QCOMPARE(f.ids(), QStringList{QStringLiteral("a")});
}

void TestRegistryWatch::asksARegistryThatDoesNotHoldQueriesNowAndThen()
{
    Fixture f;
    QElapsedTimer timer;
    f.registry.answer({QStringLiteral("a")}, "");
    timer.start();
    QTRY_COMPARE(f.registry.queries.size(), 2);
    QVERIFY(timer.elapsed() >= 1000); // never sooner, however slow the machine
}

void TestRegistryWatch::keepsWhatItKnowsWhileTheRegistryIsAway()
{
    Fixture f;
    f.registry.answer({QStringLiteral("a")}, "7");
    QTRY_COMPARE(f.registry.queries.size(), 2);
    f.registry.die();
    QTRY_VERIFY(!f.watch.isFresh());
    QCOMPARE(f.ids(), QStringList{QStringLiteral("a")});
}

void TestRegistryWatch::refusalIsNotFresh()
{
    Fixture f;
    f.registry.answer({QStringLiteral("a")}, "7");
    QTRY_VERIFY(f.watch.isFresh());
    f.registry.refuse(500);
    QTRY_VERIFY(!f.watch.isFresh());
    f.registry.answer({QStringLiteral("a")}, "8");
    QTRY_VERIFY(f.watch.isFresh());
    QVERIFY(f.registry.queries.last().contains(QStringLiteral("index=0")) || f.registry.queries.size() > 3);
}

QTEST_GUILESS_MAIN(TestRegistryWatch)
#include "tst_registrywatch.moc"
