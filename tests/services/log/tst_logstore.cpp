#include "services/log/linebatch.h"
#include "services/log/logstore.h"
#include "services/log/logwriter.h"

#include <QDir>
#include <QTemporaryDir>
#include <QTest>

#include <atomic>
#include <csignal>
#include <sys/resource.h>
#include <thread>
#include <vector>

using namespace PatchPanel;
using namespace PatchPanel::Log;

namespace {

constexpr qint64 mebibyte = 1024 * 1024;

// About 108 bytes, as a build prints them.
QByteArray numbered(qsizetype number)
{
    return QByteArray::number(number).rightJustified(8, '0') + QByteArray(100, 'x');
}

void fill(Store &store, qsizetype lines)
{
    for (qsizetype i = 0; i < lines; ++i) {
        store.append(Line{1000 + i, i % 7 == 0 ? Level::Error : Level::Info, "runner-1",
                          "run-" + QByteArray::number(i / 500), i % 3 == 0 ? "BUILD" : "", numbered(i),
                          i % 2 == 0 ? std::optional(Phase::Build) : std::nullopt});
    }
}

// Whether the line is the one that fill() put there.
bool isFilled(const Line &line, qsizetype i)
{
    return line.timeMs == 1000 + i && line.level == (i % 7 == 0 ? Level::Error : Level::Info)
        && line.service == "runner-1" && line.runId == "run-" + QByteArray::number(i / 500)
        && line.tag == (i % 3 == 0 ? "BUILD" : "") && line.text == numbered(i)
        && line.phase.has_value() == (i % 2 == 0);
}

// Every file that this process opens may grow to this many bytes only, as on a full disk.
class FileSizeLimit {
public:
    explicit FileSizeLimit(rlim_t bytes)
    {
        std::signal(SIGXFSZ, SIG_IGN);
        getrlimit(RLIMIT_FSIZE, &m_before);
        rlimit limit = m_before;
        limit.rlim_cur = bytes;
        setrlimit(RLIMIT_FSIZE, &limit);
    }
    ~FileSizeLimit() { setrlimit(RLIMIT_FSIZE, &m_before); }
    FileSizeLimit(const FileSizeLimit &) = delete;
    FileSizeLimit &operator=(const FileSizeLimit &) = delete;

private:
    rlimit m_before = {};
};

} // namespace

class TestLogStore : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void keepsLinesInOrder();
    void writerStampsServiceRunAndTime();
    void manyAppendsAreOneCall();
    void leavesOutWhatIsBelowTheLeastLevel();
    void noCallAfterTheSubscriptionEnded();
    void readersSeeWholeLinesWhileOthersWrite();
    void memoryStaysBelowItsLimit();
    void memoryLimitMayChange();
    void spilledLinesAreReadBack();
    void nothingIsLeftInTheFolder();
    void withoutAFolderTheOldestAreDropped();
    void fullFileForgetsTheOldest();
    void fullDiskKeepsWhatItTook();
    void unusableFolderIsToldOnce();
    void longLinesHaveTheirOwnRoom();
    void manySourcesAndTags();
    void timesFarApart();
    void batchKeepsWhatItLooksAt();
    void readersAndWritersAcrossTheLimit_data();
    void readersAndWritersAcrossTheLimit();
};

void TestLogStore::keepsLinesInOrder()
{
    Store store;
    for (int i = 0; i < 10'000; ++i) { // over two chunk borders
        store.append(Line{.text = QByteArray::number(i)});
    }
    QCOMPARE(store.size(), 10'000);
    QCOMPARE(store.at(0).text, QByteArray("0"));
    QCOMPARE(store.at(4096).text, QByteArray("4096"));
    QCOMPARE(store.at(9'999).text, QByteArray("9999"));
    QCOMPARE(store.dropped(), 0);
}

void TestLogStore::writerStampsServiceRunAndTime()
{
    Store store;
    const Writer writer(store, "runner-1");
    writer.forRun(QStringLiteral("1f3a")).warning("CACHE", QStringLiteral("slow"));
    writer.output(Level::Info, "BUILD", Phase::Build, "out");
    QCOMPARE(store.at(0).service, QByteArray("runner-1"));
    QCOMPARE(store.at(0).runId, QByteArray("1f3a"));
    QVERIFY(store.at(0).level == Level::Warning);
    QVERIFY(store.at(0).timeMs > 0);
    QCOMPARE(store.at(1).runId, QByteArray());
    QVERIFY(store.at(1).phase == Phase::Build);
}

void TestLogStore::manyAppendsAreOneCall()
{
    Store store;
    QObject context;
    int calls = 0;
    const auto subscription = store.subscribe(&context, [&calls] { ++calls; });
    for (int i = 0; i < 100; ++i) {
        store.append({});
    }
    QTRY_COMPARE(calls, 1);
    store.append({});
    QTRY_COMPARE(calls, 2);
}

// A line of a run is kept whatever its level: the run's log is asked for.
void TestLogStore::leavesOutWhatIsBelowTheLeastLevel()
{
    Store store;
    store.setLeastLevel(Level::Info);
    const Writer writer(store, "runner-1");
    writer.debug("HTTP", QStringLiteral("GET /"));
    writer.info("HTTP", QStringLiteral("listening"));
    writer.forRun(QStringLiteral("abc")).debug("CACHE", QStringLiteral("why"));
    QCOMPARE(store.size(), 2);
    QVERIFY(!writer.keeps(Level::Debug) && writer.keeps(Level::Info));
    QCOMPARE(store.at(1).text, QByteArray("why"));
}

void TestLogStore::noCallAfterTheSubscriptionEnded()
{
    Store store;
    QObject context;
    int calls = 0;
    auto subscription = store.subscribe(&context, [&calls] { ++calls; });
    store.append({}); // its call is on its way
    subscription.reset();
    QCoreApplication::processEvents();
    store.append({});
    QCoreApplication::processEvents();
    QCOMPARE(calls, 0);
}

void TestLogStore::readersSeeWholeLinesWhileOthersWrite()
{
    constexpr int writers = 4;
    constexpr int linesEach = 20'000;
    Store store;
    std::vector<std::thread> threads;
    for (int w = 0; w < writers; ++w) {
        threads.emplace_back([&store, w] {
            for (int i = 0; i < linesEach; ++i) {
                store.append(Line{.service = QByteArray::number(w), .text = QByteArray::number(i)});
            }
        });
    }
    std::vector<int> next(writers, 0);
    bool inOrder = true;
    for (qsizetype read = 0; read < writers * linesEach;) {
        for (const qsizetype size = store.size(); read < size; ++read) {
            const Line &line = store.at(read);
            int &expected = next[static_cast<std::size_t>(line.service.toInt())];
            inOrder = inOrder && line.text.toInt() == expected;
            ++expected;
        }
        std::this_thread::yield();
    }
    for (std::thread &thread : threads) {
        thread.join();
    }
    QVERIFY(inOrder);
    QCOMPARE(next, std::vector<int>(writers, linesEach));
}

void TestLogStore::memoryStaysBelowItsLimit()
{
    Store store;
    constexpr qsizetype lines = 100'000;
    fill(store, lines);
    qint64 payload = 0;
    for (qsizetype i = 0; i < lines; ++i) {
        payload += store.at(i).toText().size();
    }
    QVERIFY2(store.memoryUsed() <= payload + 16 * lines + 512 * 1024, // the newest chunk is not full
             qPrintable(QString::number(static_cast<double>(store.memoryUsed() - payload) / lines)));

    const QTemporaryDir folder;
    Store limited({.memory = 2 * mebibyte, .folder = folder.path()});
    fill(limited, lines);
    QVERIFY(limited.memoryUsed() <= 2 * mebibyte);
    QVERIFY(limited.spilled() > lines / 2);
    QCOMPARE(limited.dropped(), 0);
}

void TestLogStore::memoryLimitMayChange()
{
    const QTemporaryDir folder;
    Store store({.memory = 16 * mebibyte, .folder = folder.path()});
    fill(store, 120'000);
    QCOMPARE(store.spilled(), 0);
    const qint64 before = store.memoryUsed();
    store.setMemoryLimit(2 * mebibyte);
    QCOMPARE(store.memoryLimit(), 2 * mebibyte);
    QCOMPARE(store.memoryUsed(), before); // whoever sets it does not wait
    store.append(Line{.text = "next"});
    QVERIFY2(store.memoryUsed() > 2 * mebibyte, "one line does not pay for all of it");
    for (int i = 0; i < 10; ++i) {
        store.append(Line{.text = "next"});
    }
    QVERIFY(store.memoryUsed() <= 2 * mebibyte);
    QVERIFY(store.spilled() > 0);
    QVERIFY(isFilled(store.at(0), 0) && isFilled(store.at(119'999), 119'999));
    store.setMemoryLimit(0);
    QCOMPARE(store.memoryLimit(), mebibyte);
    store.setMemoryLimit(64 * mebibyte);
    const qsizetype spilled = store.spilled();
    fill(store, 50'000);
    QCOMPARE(store.spilled(), spilled);
}

void TestLogStore::spilledLinesAreReadBack()
{
    const QTemporaryDir folder;
    Store store({.memory = mebibyte, .folder = folder.path()});
    constexpr qsizetype lines = 50'000;
    fill(store, lines);
    QVERIFY(store.spilled() > 0);
    for (qsizetype i = 0; i < lines; ++i) {
        if (!isFilled(store.at(i), i)) {
            QFAIL(qPrintable(QStringLiteral("line %1").arg(i)));
        }
    }
    LineBatch batch(store);
    for (const LineBatch::Part part : {LineBatch::Part::Whole, LineBatch::Part::WithoutText}) {
        for (qsizetype i = 0; i < lines; ++i) {
            QVERIFY(i < batch.end() || batch.read(i, part));
            const Level level = i % 7 == 0 ? Level::Error : Level::Info;
            QVERIFY(batch.level(i) == level && batch.phase(i).has_value() == (i % 2 == 0));
            QVERIFY(part == LineBatch::Part::WithoutText || isFilled(batch.line(i), i));
        }
        batch.release();
    }
    QVERIFY(!batch.read(lines));
}

void TestLogStore::nothingIsLeftInTheFolder()
{
    const QTemporaryDir folder;
    Store store({.memory = mebibyte, .folder = folder.filePath(QStringLiteral("state"))});
    fill(store, 50'000);
    QVERIFY(store.spilled() > 0);
    const QDir state(folder.filePath(QStringLiteral("state")));
    QVERIFY(state.exists());
    QVERIFY(state.isEmpty());
}

void TestLogStore::withoutAFolderTheOldestAreDropped()
{
    Store store({.memory = mebibyte});
    fill(store, 50'000);
    QVERIFY(store.dropped() > 0);
    QCOMPARE(store.first(), store.dropped());
    QCOMPARE(store.size(), 50'000);
    QCOMPARE(store.spilled(), 0);
    QVERIFY(isFilled(store.at(store.first()), store.first()));
    QCOMPARE(store.at(store.first() - 1).text, QByteArray("1 line is no longer kept"));
    LineBatch batch(store);
    QVERIFY(!batch.read(store.first() - 1));
    QCOMPARE(store.firstAfter(0), store.first());
}

void TestLogStore::fullFileForgetsTheOldest()
{
    const QTemporaryDir folder;
    Store store({.memory = mebibyte, .folder = folder.path(), .file = 3 * mebibyte});
    fill(store, 200'000); // several times around the ring
    QVERIFY(store.dropped() > 100'000);
    QVERIFY(store.spilled() > 15'000);
    for (qsizetype i = store.first(); i < store.size(); ++i) {
        if (!isFilled(store.at(i), i)) {
            QFAIL(qPrintable(QStringLiteral("line %1").arg(i)));
        }
    }
}

void TestLogStore::fullDiskKeepsWhatItTook()
{
    const QTemporaryDir folder;
    Store store({.memory = mebibyte, .folder = folder.path()});
    {
        const FileSizeLimit limit(700'000); // two chunks and a bit
        fill(store, 100'000);
    }
    QCOMPARE(store.size(), 100'000); // it goes on within what the disk took
    QVERIFY(store.dropped() > 0);
    QVERIFY(store.spilled() > 0);
    for (qsizetype i = store.first(); i < store.size(); ++i) {
        if (!isFilled(store.at(i), i)) {
            QFAIL(qPrintable(QStringLiteral("line %1").arg(i)));
        }
    }
}

void TestLogStore::unusableFolderIsToldOnce()
{
    const QTemporaryDir folder;
    QFile file(folder.filePath(QStringLiteral("file")));
    QVERIFY(file.open(QIODevice::WriteOnly));
    Store store({.memory = mebibyte, .folder = file.fileName() + QStringLiteral("/below")});
    fill(store, 9000); // beyond the limit, not far enough to drop the complaint
    QCOMPARE(store.size(), 9001);
    QVERIFY(store.dropped() > 0);
    int told = 0;
    for (qsizetype i = store.first(); i < store.size(); ++i) {
        const Line line = store.at(i);
        told += line.tag == "LOG" && line.level == Level::Warning && line.text.contains("Not a directory")
                && line.text.contains("dropped and counted")
            ? 1
            : 0;
    }
    QCOMPARE(told, 1);
}

void TestLogStore::longLinesHaveTheirOwnRoom()
{
    const QTemporaryDir folder;
    Store store({.memory = mebibyte, .folder = folder.path(), .file = 2 * mebibyte});
    store.append(Line{.text = "before"});
    store.append(Line{.tag = "T", .text = QByteArray(600'000, 'y')});
    store.append(Line{.text = "after"});
    QCOMPARE(store.at(1).text, QByteArray(600'000, 'y'));
    QCOMPARE(store.at(2).text, QByteArray("after"));
    store.append(Line{.text = QByteArray(900'000, 'z')});
    store.append(Line{.text = {}});
    store.append(Line{.text = "x"});
    QCOMPARE(store.spilled(), 5);
    QCOMPARE(store.at(1).text, QByteArray(600'000, 'y'));
    QCOMPARE(store.at(3).text, QByteArray(900'000, 'z'));
    QCOMPARE(store.at(4).text, QByteArray());
    store.append(Line{.text = QByteArray(3'000'000, 'w')}); // more than the file may hold
    store.append(Line{.text = "last"});
    QCOMPARE(store.at(store.size() - 1).tag, QByteArray("LOG"));
    QCOMPARE(store.at(store.first()).text, QByteArray("last"));
    QCOMPARE(store.dropped(), 7);
}

void TestLogStore::manySourcesAndTags()
{
    Store store;
    constexpr int lines = 10'000;
    for (int i = 0; i < lines; ++i) {
        const QByteArray number = QByteArray::number(i);
        store.append(Line{.service = "s" + number, .runId = "r" + number, .tag = "t" + number, .text = number});
    }
    for (int i = 0; i < lines; ++i) {
        const QByteArray number = QByteArray::number(i);
        const Line line = store.at(i);
        QCOMPARE(line.service, "s" + number);
        QCOMPARE(line.runId, "r" + number);
        QCOMPARE(line.toText(), "[t" + number + "] " + number);
    }
}

void TestLogStore::timesFarApart()
{
    Store store;
    const std::array<qint64, 4> times{1, 1'700'000'000'000, 5, 1'800'000'000'000};
    for (const qint64 time : times) {
        store.append(Line{.timeMs = time});
    }
    for (std::size_t i = 0; i < times.size(); ++i) {
        QCOMPARE(store.at(static_cast<qsizetype>(i)).timeMs, times[i]);
    }
}

void TestLogStore::batchKeepsWhatItLooksAt()
{
    const QTemporaryDir folder;
    Store store({.memory = mebibyte, .folder = folder.path(), .file = mebibyte});
    fill(store, 100);
    LineBatch batch(store);
    QVERIFY(batch.read(0));
    fill(store, 100'000);
    QVERIFY(store.first() > 100);
    QCOMPARE(batch.end(), 100);
    QVERIFY(isFilled(batch.line(50), 50));
    QVERIFY(!batch.read(0));
}

void TestLogStore::readersAndWritersAcrossTheLimit_data()
{
    QTest::addColumn<bool>("toFile");
    QTest::newRow("into a file that is too small") << true;
    QTest::newRow("dropped") << false;
}

void TestLogStore::readersAndWritersAcrossTheLimit()
{
    QFETCH(bool, toFile);
    constexpr int writers = 3;
    constexpr int readers = 2;
    constexpr int linesEach = 30'000;
    const QTemporaryDir folder;
    Store store({.memory = mebibyte, .folder = toFile ? folder.path() : QString(), .file = 2 * mebibyte});
    std::atomic<int> writing = writers;
    std::atomic<int> wrong = 0;
    const auto check = [&](QByteArrayView text, const QByteArray &service) {
        if (text.size() != 109 || text.first(1) != service || text.sliced(9) != QByteArray(100, 'x')) {
            ++wrong;
        }
    };
    std::vector<std::thread> threads;
    for (int w = 0; w < writers; ++w) {
        threads.emplace_back([&, w] {
            const QByteArray name = QByteArray::number(w);
            for (int i = 0; i < linesEach; ++i) {
                store.append(Line{.service = name, .text = name + numbered(i)});
            }
            --writing;
        });
    }
    for (int r = 0; r < readers; ++r) {
        threads.emplace_back([&, r] {
            LineBatch batch(store);
            while (writing > 0) {
                for (qsizetype i = store.first(); i < store.size(); i += 997) {
                    if (r == 0 && batch.read(i)) {
                        check(batch.text(i), batch.service(i));
                    } else if (const Line line = store.at(i); line.tag.isEmpty()) {
                        check(line.text, line.service);
                    }
                }
                batch.release();
            }
        });
    }
    for (std::thread &thread : threads) {
        thread.join();
    }
    QCOMPARE(wrong.load(), 0);
    QCOMPARE(store.size(), writers * linesEach);
    QVERIFY(store.dropped() > 0);
    std::vector<int> next(writers, -1);
    for (qsizetype i = store.first(); i < store.size(); ++i) {
        const Line line = store.at(i);
        int &expected = next[static_cast<std::size_t>(line.service.toInt())];
        const int number = line.text.sliced(1, 8).toInt();
        QVERIFY(expected < 0 || number == expected);
        expected = number + 1;
    }
    for (const int end : next) {
        QVERIFY(end == linesEach || end < 0); // every line of an early writer may be gone
    }
}

QTEST_GUILESS_MAIN(TestLogStore)
#include "tst_logstore.moc"
