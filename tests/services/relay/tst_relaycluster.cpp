#include "services/relay/relay.h"
#include "tests/support/serveprocess.h"

#include <QDir>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

#include <map>
#include <memory>
#include <vector>

using namespace PatchPanel;
using namespace std::chrono_literals;
using Test::ServeProcess;

namespace {

constexpr int runs = 200;
constexpr int patience = 60'000; // ms

// Three runners in three processes, a registry in the first, and so many workspaces that a run for each can be counted.
struct Cluster {
    QTemporaryDir home;
    QTemporaryDir work;
    std::vector<std::unique_ptr<ServeProcess>> processes;
    QUrl registry;
    QByteArray token;

    void start()
    {
        QVERIFY2(!ServeProcess::program().isEmpty(), "PATCHPANEL names the built program");
        processes.push_back(serve(
            {QStringLiteral("--registry-port"), QStringLiteral("0"), QStringLiteral("--workspace"), work.path()}));
        registry = QUrl(processes.front()->waitFor(QStringLiteral("Registry microservice live on (http://\\S+)")));
        QVERIFY2(registry.isValid() && !registry.isEmpty(), qPrintable(processes.front()->output()));
        for (int i = 0; i < 2; ++i) {
            processes.push_back(
                serve({QStringLiteral("--registry"), registry.toString(), QStringLiteral("--workspace"), work.path()}));
        }
        for (const auto &process : processes) {
            QVERIFY2(!process->waitFor(QStringLiteral("(Runner microservice live)")).isNull(),
                     qPrintable(process->output()));
        }
        QProcess ask;
        ask.setProcessEnvironment(ServeProcess::environment(home));
        ask.start(ServeProcess::program(), {QStringLiteral("--no-gui"), QStringLiteral("token")});
        QVERIFY(ask.waitForFinished());
        token = ask.readAllStandardOutput().trimmed();
    }
    std::unique_ptr<ServeProcess> serve(const QStringList &arguments)
    {
        return std::make_unique<ServeProcess>(home, arguments);
    }

    QString workspace(int number) const { return work.filePath(QStringLiteral("w%1").arg(number)); }
    // Written by the command of its run: a line for each time that it ran.
    QString tally(int number) const { return home.filePath(QStringLiteral("tally%1").arg(number)); }
    static QByteArray contentsOf(const QString &path)
    {
        QFile file(path);
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }
    Relay::RunRequest request(int number) const
    {
        const QByteArray task = R"({"title": "count", "mutations": [{"op": "create", "path": "made.txt",
            "contents": "made\n"}], "build": {"shell": ["echo ran >> ')"
            + QFile::encodeName(tally(number)) + R"('; sleep 0.05"]}})";
        return {.content = task, .contentName = QStringLiteral("count.json"), .workspace = workspace(number)};
    }
};

} // namespace

class TestRelayCluster : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aRunnerIsKilledInTheMiddle();
};

void TestRelayCluster::aRunnerIsKilledInTheMiddle()
{
    Cluster cluster;
    cluster.start();
    for (int i = 0; i < runs; ++i) {
        QVERIFY(QDir().mkpath(cluster.workspace(i)));
    }
    Log::Store log;
    Relay::Relay relay({.registry = cluster.registry, .client = {.token = cluster.token}}, Log::Writer(log, "relay"));
    std::map<quint64, Relay::RunOutcome> outcomes;
    connect(&relay, &Relay::Relay::runFinished, this, [&](quint64 ticket, const Relay::RunOutcome &outcome) {
        QVERIFY2(outcomes.count(ticket) == 0, "a run ends once");
        outcomes[ticket] = outcome;
    });
    relay.start();
    const auto finished = [&outcomes](int count) {
        return QTest::qWaitFor([&] { return outcomes.size() >= std::size_t(count); }, patience);
    };

    relay.run(0, cluster.request(0)); // the first alone: the rest goes by the watched cache
    QVERIFY(finished(1));
    relay.run(1, cluster.request(1));
    QTRY_VERIFY_WITH_TIMEOUT(relay.knowsRunners(), patience);
    for (int i = 2; i < runs; ++i) {
        relay.run(static_cast<quint64>(i), cluster.request(i));
    }
    QVERIFY(finished(runs / 4));
    for (const auto &process : cluster.processes) {
        QVERIFY2(process->output().contains(QStringLiteral("[RUNNER] Processing")), "each of the three runs something");
    }
    cluster.processes.back()->kill();
    QElapsedTimer sinceDeath;
    sinceDeath.start();
    QVERIFY2(finished(runs), qPrintable(QStringLiteral("%1 of %2 ended").arg(outcomes.size()).arg(runs)));

    QHash<RunStatus, int> byStatus;
    for (const auto &[ticket, outcome] : outcomes) {
        const int number = static_cast<int>(ticket);
        const qsizetype times = Cluster::contentsOf(cluster.tally(number)).count('\n');
        const bool isMade = QFile::exists(cluster.workspace(number) + QStringLiteral("/made.txt"));
        ++byStatus[outcome.status];
        QVERIFY2(times <= 1, qPrintable(QStringLiteral("run %1 ran %2 times").arg(number).arg(times)));
        if (outcome.status == RunStatus::Ok) {
            QVERIFY2(times == 1 && isMade, qPrintable(QStringLiteral("run %1 is no success").arg(number)));
        } else {
            // what was on the killed runner, and nobody can say how far it came; it says so
            QVERIFY2(outcome.status == RunStatus::Unknown && outcome.error,
                     qPrintable(toString(outcome.status) + u' ' + QString::fromUtf8(outcome.body)));
        }
    }
    qInfo("%d runs: %d ok, %d unknown; all ended %.1f s after the death", runs, byStatus[RunStatus::Ok],
          byStatus[RunStatus::Unknown], static_cast<double>(sinceDeath.elapsed()) / 1000);
    QVERIFY(byStatus[RunStatus::Unknown] <= 1); // what was at work: the rest waited where nothing was lost

    // A new run goes past the dead one at once.
    QElapsedTimer detour;
    detour.start();
    QVERIFY(QDir().mkpath(cluster.workspace(runs)));
    relay.run(runs, cluster.request(runs));
    QVERIFY(finished(runs + 1));
    QVERIFY(outcomes[runs].status == RunStatus::Ok);
    QVERIFY(detour.elapsed() < 15'000);
    relay.stop();
}

QTEST_GUILESS_MAIN(TestRelayCluster)
#include "tst_relaycluster.moc"
