#include "services/log/logwriter.h"
#include "ui/models/logsaver.h"

#include <QFile>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

using namespace PatchPanel;
using namespace PatchPanel::Ui;

class TestLogSaver : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void writesTheLines_data();
    void writesTheLines();
    void spilledLinesAreWritten();
    void failureSaysWhy();
    void cancelledLeavesTheOldFile();
    void savesBesideTheWindow();

private:
    QString fileName() const { return m_folder.filePath(QStringLiteral("log.txt")); }
    QByteArray content() const
    {
        QFile file(fileName());
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray("(none)");
    }

    QTemporaryDir m_folder;
    const std::atomic<bool> m_goesOn = false;
};

void TestLogSaver::writesTheLines_data()
{
    QTest::addColumn<int>("level");
    QTest::addColumn<bool>("withTimes");
    QTest::addColumn<qsizetype>("begin");
    QTest::addColumn<qsizetype>("end");
    QTest::addColumn<QByteArray>("expected");
    constexpr int all = static_cast<int>(Log::Level::Debug);
    constexpr int errors = static_cast<int>(Log::Level::Error);
    QTest::newRow("whole") << all << false << qsizetype{0} << qsizetype{3}
                           << QByteArray("[RUNNER] one\nred 100 %\nthree\n");
    QTest::newRow("filtered") << errors << false << qsizetype{0} << qsizetype{3} << QByteArray("red 100 %\n");
    QTest::newRow("after clear") << all << false << qsizetype{1} << qsizetype{3} << QByteArray("red 100 %\nthree\n");
    QTest::newRow("not what came later") << all << false << qsizetype{0} << qsizetype{1}
                                         << QByteArray("[RUNNER] one\n");
    QTest::newRow("nothing") << errors << false << qsizetype{2} << qsizetype{3} << QByteArray();
    QTest::newRow("with times") << errors << true << qsizetype{0} << qsizetype{3}
                                << QByteArray("1970-01-01T00:00:01.500Z runner-1 ERROR red 100 %\n");
}

void TestLogSaver::writesTheLines()
{
    QFETCH(int, level);
    QFETCH(bool, withTimes);
    QFETCH(qsizetype, begin);
    QFETCH(qsizetype, end);
    QFETCH(QByteArray, expected);
    Log::Store store;
    store.append({.service = "runner-1", .tag = "RUNNER", .text = "one"});
    store.append(
        {.timeMs = 1500, .level = Log::Level::Error, .service = "runner-1", .text = "\x1b[31mred\x1b[0m 100 %"});
    store.append({.service = "relay", .text = "three"});
    const LogExport lines{{.minimum = static_cast<Log::Level>(level)}, begin, end, withTimes};
    const Result<qsizetype> written = writeLog(store, lines, fileName(), m_goesOn);
    QVERIFY(written.ok());
    QCOMPARE(*written, expected.count('\n'));
    QCOMPARE(content(), expected);
}

void TestLogSaver::spilledLinesAreWritten()
{
    Log::Store store({.memory = 1024 * 1024, .folder = m_folder.path()});
    QByteArray expected;
    for (int i = 0; i < 40'000; ++i) {
        const QByteArray text = QByteArray::number(i).leftJustified(80, '.');
        store.append({.text = text});
        expected += text + '\n';
    }
    QVERIFY(store.spilled() > 0);
    QVERIFY(writeLog(store, {{}, 0, store.size(), false}, fileName(), m_goesOn).ok());
    QVERIFY(content() == expected);
}

void TestLogSaver::failureSaysWhy()
{
    Log::Store store;
    store.append({.text = "one"});
    const QString path = m_folder.filePath(QStringLiteral("missing/log.txt"));
    const Result<qsizetype> written = writeLog(store, {{}, 0, 1, false}, path, m_goesOn);
    QVERIFY(!written);
    QVERIFY(written.error().code == ErrorCode::Io);
    QCOMPARE(written.error().where, path);
    QVERIFY2(written.error().message.contains(QStringLiteral("No such file")), qPrintable(written.error().message));
}

void TestLogSaver::cancelledLeavesTheOldFile()
{
    Log::Store store;
    store.append({.text = "old"});
    QVERIFY(writeLog(store, {{}, 0, 1, false}, fileName(), m_goesOn).ok());
    store.append({.text = "new"});
    const std::atomic<bool> isCancelled = true;
    const Result<qsizetype> written = writeLog(store, {{}, 0, 2, false}, fileName(), isCancelled);
    QVERIFY(!written && written.error().code == ErrorCode::Cancelled);
    QCOMPARE(content(), QByteArray("old\n"));
}

void TestLogSaver::savesBesideTheWindow()
{
    Log::Store store;
    store.append({.text = "one"});
    LogSaver saver(store);
    QSignalSpy saved(&saver, &LogSaver::saved);
    QSignalSpy failed(&saver, &LogSaver::saveFailed);
    saver.save({{}, 0, 1, false}, fileName());
    QVERIFY(saver.isSaving());
    QTRY_COMPARE(saved.size(), 1);
    QVERIFY(!saver.isSaving());
    QCOMPARE(saved.first().at(1).value<qsizetype>(), qsizetype{1});
    saver.save({{}, 0, 1, false}, m_folder.path());
    QTRY_COMPARE(failed.size(), 1);
    QCOMPARE(content(), QByteArray("one\n"));
}

QTEST_GUILESS_MAIN(TestLogSaver)
#include "tst_logsaver.moc"
