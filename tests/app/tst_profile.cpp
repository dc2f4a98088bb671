#include "app/profile.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QTemporaryDir>
#include <QTest>

#include <sys/stat.h>
#include <thread>
#include <vector>

using namespace PatchPanel;
using namespace PatchPanel::App;

class TestProfile : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init();
    void madeOnceAndPrivate();
    void runtimeFolderBeforeStateFolder();
    void stateFolderOfTheUser();
    void environmentWins();
    void fileOfOthersIsRefused();
    void shortTokenIsRefused();
    void missingTokenFile();
    void manyAtOnceAgree();

private:
    std::unique_ptr<QTemporaryDir> m_folder;
};

void TestProfile::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
    qunsetenv("PATCHPANEL_TOKEN");
}

void TestProfile::madeOnceAndPrivate()
{
    const auto first = loadOrCreateToken(m_folder->path(), {});
    QVERIFY(first);
    QCOMPARE(first->size(), 64); // 256 bits in hexadecimal
    const auto second = loadOrCreateToken(m_folder->path(), {});
    QVERIFY(second);
    QCOMPARE(*second, *first);
    struct stat status = {};
    QCOMPARE(stat(QFile::encodeName(m_folder->filePath(QStringLiteral("token"))).constData(), &status), 0);
    QCOMPARE(status.st_mode & 0777, 0600U);
    QCOMPARE(QDir(m_folder->path()).entryList(QDir::Files), QStringList{QStringLiteral("token")});
}

void TestProfile::runtimeFolderBeforeStateFolder()
{
    qputenv("XDG_RUNTIME_DIR", m_folder->path().toLocal8Bit());
    qputenv("XDG_STATE_HOME", m_folder->filePath(QStringLiteral("state")).toLocal8Bit());
    QVERIFY(loadOrCreateToken({}, {}));
    QVERIFY(QFileInfo::exists(m_folder->filePath(QStringLiteral("patchpanel/token"))));
    qunsetenv("XDG_RUNTIME_DIR");
    QVERIFY(loadOrCreateToken({}, {}));
    QVERIFY(QFileInfo::exists(m_folder->filePath(QStringLiteral("state/patchpanel/token"))));
}

void TestProfile::stateFolderOfTheUser()
{
    const QString usual = QDir::homePath() + QStringLiteral("/.local/state/patchpanel");
    qputenv("XDG_STATE_HOME", "/somewhere");
    QCOMPARE(stateFolder({}), QStringLiteral("/somewhere/patchpanel"));
    qputenv("XDG_STATE_HOME", ""); // as if it were unset (XDG Base Directory Specification)
    QCOMPARE(stateFolder({}), usual);
    qunsetenv("XDG_STATE_HOME");
    QCOMPARE(stateFolder({}), usual);
    QCOMPARE(stateFolder(QStringLiteral("/mine")), QStringLiteral("/mine"));
}

void TestProfile::environmentWins()
{
    qputenv("PATCHPANEL_TOKEN", "from-the-environment");
    QCOMPARE(*loadOrCreateToken(m_folder->path(), {}), QByteArray("from-the-environment"));
    QVERIFY(!QFileInfo::exists(m_folder->filePath(QStringLiteral("token"))));
}

void TestProfile::fileOfOthersIsRefused()
{
    QVERIFY(loadOrCreateToken(m_folder->path(), {}));
    QFile::setPermissions(m_folder->filePath(QStringLiteral("token")),
                          QFile::ReadOwner | QFile::WriteOwner | QFile::ReadOther);
    const auto token = loadOrCreateToken(m_folder->path(), {});
    QVERIFY(!token);
    QCOMPARE(token.error().message, QStringLiteral("other users may read the token"));
    QVERIFY(token.error().hint.contains(QStringLiteral("chmod 600")));
}

void TestProfile::shortTokenIsRefused()
{
    const QString path = m_folder->filePath(QStringLiteral("mine"));
    QFile file(path);
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write("abc\n");
    file.close();
    file.setPermissions(QFile::ReadOwner | QFile::WriteOwner);
    const auto token = loadOrCreateToken({}, path);
    QVERIFY(!token);
    QVERIFY(token.error().message.contains(QStringLiteral("too short")));
}

void TestProfile::missingTokenFile()
{
    const auto token = loadOrCreateToken({}, m_folder->filePath(QStringLiteral("nowhere")));
    QVERIFY(!token);
    QCOMPARE(token.error().code, ErrorCode::Io);
}

void TestProfile::manyAtOnceAgree()
{
    std::vector<QByteArray> tokens(8);
    std::vector<std::thread> threads;
    for (QByteArray &token : tokens) {
        threads.emplace_back([this, &token] {
            const auto loaded = loadOrCreateToken(m_folder->path(), {});
            token = loaded ? *loaded : QByteArray();
        });
    }
    for (std::thread &thread : threads) {
        thread.join();
    }
    QVERIFY(!tokens.front().isEmpty());
    QCOMPARE(tokens, std::vector<QByteArray>(tokens.size(), tokens.front()));
}

QTEST_GUILESS_MAIN(TestProfile)
#include "tst_profile.moc"
