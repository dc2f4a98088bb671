#include "services/common/clock.h"
#include "services/common/ids.h"
#include "services/common/json.h"
#include "services/patch/recovery.h"
#include "services/runner/runexecution.h"
#include "services/storage/redislock.h"
#include "tests/support/openlock.h"
#include "tests/support/redisserver.h"
#include "tests/support/tempworkspace.h"

#include <QCoreApplication>
#include <QElapsedTimer>
#include <QJsonArray>
#include <QRandomGenerator>
#include <QTest>

#include <csignal>
#include <map>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

using namespace PatchPanel;
using namespace std::chrono_literals;

namespace {

constexpr int processes = 16;
constexpr auto lifetime = 500ms;
constexpr auto longestPause = 3 * lifetime; // of a stopped process: longer than its lock lives
const QString runsFile = QStringLiteral("runs.txt"); // a line for each run
const QString okStatus = QStringLiteral("ok");

std::unique_ptr<Storage::RedisLock> makeLock(const QString &url, const QString &workspace)
{
    Storage::RedisLock::Settings settings;
    settings.url = Storage::parseRedisUrl(url).value();
    settings.shared = {workspace, QStringLiteral("contended")};
    settings.timeouts = {500ms, 500ms};
    settings.times = {lifetime, lifetime / 3};
    settings.reach = "machine-" + QByteArray::number(::getpid()); // no two processes share one
    return std::make_unique<Storage::RedisLock>(std::make_unique<Test::OpenLock>(), settings);
}

// Adds its run's id to the file; every other one takes its time between that and its commit.
QByteArray taskFor(const QString &runId)
{
    QJsonObject task{{QStringLiteral("id"), runId},
                     {QStringLiteral("mutations"),
                      QJsonArray{QJsonObject{{QStringLiteral("op"), QStringLiteral("insert")},
                                             {QStringLiteral("path"), runsFile},
                                             {QStringLiteral("at"), QStringLiteral("end")},
                                             {QStringLiteral("contents"), QString(runId + u'\n')}}}}};
    if (QRandomGenerator::global()->bounded(2) == 0) {
        task[QStringLiteral("validate")] = QJsonArray{QStringLiteral("sleep 0.02")};
    }
    return compactJson(task);
}

// One of the processes: runs as often as it gets the lock, until the file `stop` is there. Appends "ID STATUS MESSAGE"
// to the file `results` for each.
int contend(const QString &url, const QString &workspace, const QString &results)
{
    signal(SIGPIPE, SIG_IGN);
    Log::Store log;
    Runner::RunExecution execution(QStringLiteral("runner-%1").arg(::getpid()), Storage::makeCache({}).value(),
                                   makeLock(url, workspace), log);
    while (!QFile::exists(results + QStringLiteral(".stop"))) {
        Runner::RunJob job;
        job.runId = newRunId();
        job.workspace = workspace;
        job.request.content = taskFor(job.runId);
        job.request.contentName = QStringLiteral("contended.json");
        job.request.settings.sandbox = SandboxMode::Off;
        job.request.settings.durability = WriteDurability::Process;
        const Runner::FinishedRun run = execution.execute(job, [](const Step &) {}, {});
        if (run.status == RunStatus::Busy) {
            std::this_thread::sleep_for(std::chrono::milliseconds(1 + QRandomGenerator::global()->bounded(10)));
            continue;
        }
        QFile file(results);
        if (!file.open(QIODevice::WriteOnly | QIODevice::Append | QIODevice::Unbuffered)) {
            return 1;
        }
        const QString message = run.result[QStringLiteral("message")].toString().simplified();
        file.write(QStringLiteral("%1 %2 %3\n").arg(job.runId, toString(run.status), message).toUtf8());
    }
    return 0;
}

// The processes, and what is done to them.
class Crowd {
public:
    Crowd(const QString &url, const QString &workspace, const QString &results)
        : m_arguments{QStringLiteral("--contend"), url, workspace, results}
    {
        for (int i = 0; i < processes; ++i) {
            start();
        }
    }
    ~Crowd()
    {
        for (const auto &[pid, until] : m_members) {
            ::kill(pid, SIGKILL);
            ::waitpid(pid, nullptr, 0);
        }
    }

    void disturbOne()
    {
        auto victim = std::next(m_members.begin(), QRandomGenerator::global()->bounded(processes));
        if (QRandomGenerator::global()->bounded(2) == 0) {
            ::kill(victim->first, SIGKILL);
            ::waitpid(victim->first, nullptr, 0);
            m_members.erase(victim);
            start();
            ++killed;
        } else if (!victim->second.isValid()) {
            ::kill(victim->first, SIGSTOP);
            victim->second.start();
            ++stopped;
        }
    }
    void wakeThoseWhoseTimeIsOver()
    {
        for (auto &[pid, since] : m_members) {
            if (since.isValid() && since.elapsed() > longestPause.count()) {
                wake(pid, since);
            }
        }
    }
    // False when one did not end by itself.
    bool waitForEnd()
    {
        for (auto &[pid, since] : m_members) {
            wake(pid, since);
        }
        bool fine = true;
        for (const auto &[pid, since] : m_members) {
            int status = -1;
            const bool ended = ::waitpid(pid, &status, 0) == pid && WIFEXITED(status) && WEXITSTATUS(status) == 0;
            if (!ended) {
                qWarning("process %d ended with status 0x%x", static_cast<int>(pid), static_cast<unsigned>(status));
            }
            fine = fine && ended;
        }
        m_members.clear();
        return fine;
    }

    int killed = 0;
    int stopped = 0;

private:
    void start()
    {
        const pid_t pid = ::fork();
        if (pid == 0) {
            const QByteArray program = QCoreApplication::applicationFilePath().toLocal8Bit();
            ::execl(program.constData(), program.constData(), qPrintable(m_arguments[0]), qPrintable(m_arguments[1]),
                    qPrintable(m_arguments[2]), qPrintable(m_arguments[3]), nullptr);
            ::_exit(127);
        }
        m_members[pid] = {};
    }
    static void wake(pid_t pid, QElapsedTimer &since)
    {
        ::kill(pid, SIGCONT);
        since.invalidate();
    }

    QStringList m_arguments;
    std::map<pid_t, QElapsedTimer> m_members; // running since the timer, where it is valid
};

QStringList linesOf(const QByteArray &text)
{
    return QString::fromUtf8(text).split(u'\n', Qt::SkipEmptyParts);
}

QByteArray contentsOf(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

} // namespace

// Processes on as many machines contend for one workspace, while some are killed and some stand still for longer than
// their lock lives. PATCHPANEL_LOCK_RUNS: how many runs (default 60).
class TestLockContention : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { signal(SIGPIPE, SIG_IGN); }
    void everyRunHappensOnceOrNotAtAll_data();
    void everyRunHappensOnceOrNotAtAll();
};

void TestLockContention::everyRunHappensOnceOrNotAtAll_data()
{
    QTest::addColumn<bool>("forgets");
    QTest::newRow("the server remembers") << false;
    QTest::newRow("the server forgets now and then") << true;
}

void TestLockContention::everyRunHappensOnceOrNotAtAll()
{
    QFETCH(bool, forgets);
    bool isSet = false;
    const int asked = qEnvironmentVariableIntValue("PATCHPANEL_LOCK_RUNS", &isSet);
    const int goal = isSet ? asked : 60;
    Test::RedisServer server;
    QVERIFY2(server.start(), qPrintable(server.errorText()));
    Storage::RedisConnection redis(Storage::parseRedisUrl(server.url()).value());
    const Test::TempWorkspace workspace;
    QVERIFY(workspace.write(runsFile, ""));
    const QTemporaryDir outside;
    const QString results = outside.filePath(QStringLiteral("results"));

    Crowd crowd(server.url(), workspace.path(), results);
    int rounds = 0;
    const QDeadlineTimer deadline(std::chrono::seconds(60 + 2 * goal));
    while (contentsOf(results).count('\n') < goal && !deadline.hasExpired()) {
        QTest::qWait(50);
        crowd.wakeThoseWhoseTimeIsOver();
        if (++rounds % 3 == 0) {
            crowd.disturbOne();
        }
        if (forgets && rounds % 7 == 0) {
            QVERIFY(redis.command({"FLUSHALL"}).ok());
        }
    }
    QVERIFY(QFile(results + QStringLiteral(".stop")).open(QIODevice::WriteOnly));
    QVERIFY(crowd.waitForEnd());

    const auto lock = makeLock(server.url(), workspace.path());
    Result<std::unique_ptr<Storage::LockHold>> hold = Error{};
    QTRY_VERIFY((hold = lock->acquire(workspace.path(), QStringLiteral("the test"))).ok());
    const Patch::Fence fence{(*hold)->fence(), [&hold] {
                                 return (*hold)->check();
                             }};
    QVERIFY(Patch::recoverPending(*Patch::WorkspaceRoot::open(workspace.path()), fence).ok());

    QStringList done = linesOf(workspace.read(runsFile));
    done.sort();
    QCOMPARE(done.removeDuplicates(), 0);
    QStringList wrong; // reports that do not tell what is in the file
    const QStringList runs =
        QDir(workspace.absolute(QStringLiteral(".patchpanel/history"))).entryList(QDir::Dirs | QDir::NoDotAndDotDot);
    for (const QString &run : runs) {
        const auto report =
            parseJsonObject(workspace.read(QStringLiteral(".patchpanel/history/%1/report.json").arg(run)));
        const QString status = report ? (*report)[QStringLiteral("status")].toString() : QString();
        if ((status == okStatus) != done.contains(run)) {
            wrong.append(
                QStringLiteral("%1 %2: %3")
                    .arg(run, status,
                         report ? (*report)[QStringLiteral("message")].toString() : QStringLiteral("no report")));
        }
    }
    QVERIFY2(wrong.isEmpty(), qPrintable(wrong.join(u'\n')));
    int told = 0;
    int interrupted = 0;
    for (const QString &line : linesOf(contentsOf(results))) {
        const QString run = line.section(u' ', 0, 0);
        const QString status = line.section(u' ', 1, 1);
        ++told;
        if (status == okStatus) {
            QVERIFY2(done.contains(run) && runs.contains(run), qPrintable(line));
        } else {
            ++interrupted;
            QVERIFY2(status == QStringLiteral("interrupted"), qPrintable(line));
        }
    }
    QVERIFY2(told >= goal, "not done in time");
    qInfo("%d runs told of their end, %d of them interrupted; %lld in the file; %d processes killed, %d stopped", told,
          interrupted, static_cast<long long>(done.size()), crowd.killed, crowd.stopped);
}

int main(int argc, char **argv)
{
    QCoreApplication application(argc, argv);
    const QStringList arguments = QCoreApplication::arguments();
    if (arguments.value(1) == QStringLiteral("--contend")) {
        return contend(arguments.value(2), arguments.value(3), arguments.value(4));
    }
    TestLockContention test;
    return QTest::qExec(&test, argc, argv);
}

#include "tst_lockcontention.moc"
