#include "app/taskrequest.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QTemporaryDir>
#include <QTest>

using namespace PatchPanel;
using namespace PatchPanel::App;

class TestTaskRequest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void fileInTheWorkspaceGoesByName();
    void fileElsewhereGoesByContent();
    void linkOutOfTheWorkspaceGoesByContent();
    void missingFileNamesBothPlaces();
    void folderIsNoTask();
    void emptyFileIsNoTask();
    void filesBesideATaskElsewhereGoAlong();
    void filesBesideThatCannotBeSent_data();
    void filesBesideThatCannotBeSent();
    void contentsGoToARunnerElsewhere();
    void contentsThatAreTooLarge();

private:
    void write(const QString &name, const QByteArray &bytes) const;

    QTemporaryDir m_folder;
    QString m_workspace;
};

void TestTaskRequest::write(const QString &name, const QByteArray &bytes) const
{
    const QString path = m_folder.filePath(name);
    QVERIFY(QDir().mkpath(QFileInfo(path).path()));
    QFile file(path);
    QVERIFY(file.open(QIODevice::WriteOnly));
    QCOMPARE(file.write(bytes), bytes.size());
}

void TestTaskRequest::initTestCase()
{
    m_workspace = QFileInfo(m_folder.path()).canonicalFilePath() + QStringLiteral("/work");
    QVERIFY(QDir().mkpath(m_workspace + QStringLiteral("/tasks")));
    for (const QString &path :
         {m_workspace + QStringLiteral("/tasks/a.json"), m_folder.filePath(QStringLiteral("b.patch"))}) {
        QFile file(path);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("{}");
    }
    QVERIFY(
        QFile::link(m_folder.filePath(QStringLiteral("b.patch")), m_workspace + QStringLiteral("/tasks/link.patch")));
}

void TestTaskRequest::fileInTheWorkspaceGoesByName()
{
    for (const QString &name :
         {QStringLiteral("tasks/a.json"), m_workspace + QStringLiteral("/tasks/../tasks/a.json")}) {
        const auto request = requestForTaskFile(name, m_workspace);
        QVERIFY(request);
        QCOMPARE(request->file, QStringLiteral("tasks/a.json"));
        QVERIFY(request->content.isEmpty());
        QCOMPARE(request->workspace, m_workspace);
    }
}

void TestTaskRequest::fileElsewhereGoesByContent()
{
    const auto request = requestForTaskFile(m_folder.filePath(QStringLiteral("b.patch")), m_workspace);
    QVERIFY(request);
    QVERIFY(request->file.isEmpty());
    QCOMPARE(request->content, QByteArray("{}"));
    QCOMPARE(request->contentName, QStringLiteral("b.patch"));
}

void TestTaskRequest::linkOutOfTheWorkspaceGoesByContent()
{
    const auto request = requestForTaskFile(QStringLiteral("tasks/link.patch"), m_workspace);
    QVERIFY(request);
    QVERIFY(request->file.isEmpty());
    QCOMPARE(request->content, QByteArray("{}"));
}

void TestTaskRequest::missingFileNamesBothPlaces()
{
    const auto request = requestForTaskFile(QStringLiteral("tasks/none.json"), m_workspace);
    QVERIFY(!request);
    QCOMPARE(request.error().code, ErrorCode::NotFound);
    QCOMPARE(request.error().where, QStringLiteral("tasks/none.json"));
    QVERIFY(request.error().hint.contains(m_workspace));
}

void TestTaskRequest::folderIsNoTask()
{
    const auto request = requestForTaskFile(QStringLiteral("tasks"), m_workspace);
    QVERIFY(!request);
    QCOMPARE(request.error().message, QStringLiteral("the task is not a file"));
}

void TestTaskRequest::emptyFileIsNoTask()
{
    write(QStringLiteral("empty.json"), {});
    const auto request = requestForTaskFile(m_folder.filePath(QStringLiteral("empty.json")), m_workspace);
    QVERIFY(!request);
    QCOMPARE(request.error().code, ErrorCode::InvalidTask);
}

void TestTaskRequest::filesBesideATaskElsewhereGoAlong()
{
    write(QStringLiteral("data/blob"), QByteArray("\0\xff", 2));
    write(QStringLiteral("from.json"), R"({"mutations": [{"path": "a", "contentsFrom": "data/blob"}]})");
    const auto request = requestForTaskFile(m_folder.filePath(QStringLiteral("from.json")), m_workspace);
    QVERIFY2(request, request ? "" : qPrintable(request.error().toString()));
    QCOMPARE(request->filesBeside.size(), 1);
    QCOMPARE(request->filesBeside.value(QStringLiteral("data/blob")), QByteArray("\0\xff", 2));
}

void TestTaskRequest::filesBesideThatCannotBeSent_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<QString>("message");
    QTest::newRow("not there") << "none"
                               << "none";
    QTest::newRow("symbolic link") << "link"
                                   << "symbolic link";
    QTest::newRow("through a linked folder") << "linked/blob"
                                             << "symbolic link";
    QTest::newRow("folder") << "data"
                            << "not a regular file";
    QTest::newRow("outside the task's folder") << "../blob"
                                               << "\"..\"";
    QTest::newRow("absolute") << "/etc/passwd"
                              << "outside";
}

void TestTaskRequest::filesBesideThatCannotBeSent()
{
    QFETCH(QString, name);
    QFETCH(QString, message);
    write(QStringLiteral("data/blob"), "x");
    QFile::link(QStringLiteral("/etc/passwd"), m_folder.filePath(QStringLiteral("link")));
    QFile::link(m_folder.filePath(QStringLiteral("data")), m_folder.filePath(QStringLiteral("linked")));
    write(QStringLiteral("from.json"),
          "{\"mutations\": [{\"path\": \"a\", \"contentsFrom\": \"" + name.toUtf8() + "\"}]}");
    const auto request = requestForTaskFile(m_folder.filePath(QStringLiteral("from.json")), m_workspace);
    QVERIFY(!request);
    QCOMPARE(request.error().where, QStringLiteral("/mutations/0/contentsFrom (1:46)"));
    QVERIFY2(request.error().message.contains(message), qPrintable(request.error().message));
}

void TestTaskRequest::contentsGoToARunnerElsewhere()
{
    const QByteArray task = R"({"mutations": [{"path": "a", "contentsFrom": "blob"}]})";
    write(QStringLiteral("work/tasks/from.json"), task);
    write(QStringLiteral("work/tasks/blob"), "beside");
    const Relay::RunRequest named{.runner = QStringLiteral("runner-1"),
                                  .file = QStringLiteral("tasks/from.json"),
                                  .workspace = m_workspace,
                                  .planId = QStringLiteral("p1")};
    const auto sent = withContents(named, m_workspace + QStringLiteral("/tasks/from.json"));
    QVERIFY2(sent, sent ? "" : qPrintable(sent.error().toString()));
    QCOMPARE(sent->content, task);
    QCOMPARE(sent->contentName, QStringLiteral("tasks/from.json")); // as the history calls it elsewhere
    QCOMPARE(sent->filesBeside.value(QStringLiteral("blob")), QByteArray("beside"));
    QCOMPARE(sent->workspace, m_workspace);
    QCOMPARE(sent->runner, named.runner);
    QCOMPARE(sent->planId, named.planId);
    QVERIFY(!sent->toJson().contains(QStringLiteral("file")));

    QVERIFY(QFile::remove(m_workspace + QStringLiteral("/tasks/blob")));
    const auto refused = withContents(named, m_workspace + QStringLiteral("/tasks/from.json"));
    QVERIFY(!refused);
    QVERIFY2(refused.error().toString().contains(QStringLiteral("blob")), qPrintable(refused.error().toString()));
}

void TestTaskRequest::contentsThatAreTooLarge()
{
    const QString path = m_workspace + QStringLiteral("/tasks/large.json");
    write(QStringLiteral("work/tasks/large.json"),
          "{\"mutations\": [{\"path\": \"a\", \"contents\": \"" + QByteArray(7 * 1024 * 1024, 'x') + "\"}]}");
    const auto embedded = embeddedTask(path, m_workspace);
    QVERIFY(!embedded);
    QCOMPARE(embedded.error().code, ErrorCode::PayloadTooLarge);
    QCOMPARE(embedded.error().where, path);

    const auto named = withContents({.file = QStringLiteral("tasks/large.json"), .workspace = m_workspace}, path);
    QVERIFY(named); // it may lie there
    QVERIFY(named->content.isEmpty());
    const auto anywhere = withContents({.file = QStringLiteral("tasks/large.json")}, path);
    QVERIFY(!anywhere);
    QCOMPARE(anywhere.error().code, ErrorCode::PayloadTooLarge);
}

QTEST_GUILESS_MAIN(TestTaskRequest)
#include "tst_taskrequest.moc"
