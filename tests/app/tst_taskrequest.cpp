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

private:
    QTemporaryDir m_folder;
    QString m_workspace;
};

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

QTEST_GUILESS_MAIN(TestTaskRequest)
#include "tst_taskrequest.moc"
