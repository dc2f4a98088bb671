#include "services/common/savedfile.h"

#include <QFileInfo>
#include <QTemporaryDir>
#include <QTest>

using namespace PatchPanel;

class TestSavedFile : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void replacesTheContents();
    void keepsStrangersOut();
    void missingFolderIsAnError();
    void asideNamesAreBesideTheFile();
};

namespace {

QByteArray contentsOf(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray("(cannot be read)");
}

} // namespace

void TestSavedFile::replacesTheContents()
{
    const QTemporaryDir folder;
    const QString path = folder.filePath(QStringLiteral("state"));
    QVERIFY(saveFile(path, "a long first text").ok());
    QVERIFY(saveFile(path, "second").ok());
    QCOMPARE(contentsOf(path), QByteArray("second"));
    QCOMPARE(QDir(folder.path()).entryList(QDir::Files).size(), 1);
}

void TestSavedFile::keepsStrangersOut()
{
    const QTemporaryDir folder;
    const QString path = folder.filePath(QStringLiteral("state"));
    QVERIFY(saveFile(path, "public").ok());
    QVERIFY(saveFile(path, "private", Readers::OwnerOnly).ok());
    const QFile::Permissions others =
        QFile::ReadGroup | QFile::WriteGroup | QFile::ReadOther | QFile::WriteOther | QFile::ExeOther;
    QVERIFY(!(QFileInfo(path).permissions() & others));
}

void TestSavedFile::missingFolderIsAnError()
{
    const QTemporaryDir folder;
    const Result<void> saved = saveFile(folder.filePath(QStringLiteral("missing/state")), "text");
    QVERIFY(!saved.ok());
    QCOMPARE(saved.error().code, ErrorCode::Io);
    QVERIFY(saved.error().where.endsWith(QStringLiteral("missing/state")));
}

void TestSavedFile::asideNamesAreBesideTheFile()
{
    const QString name = asideName(QStringLiteral("/var/state.json"));
    QVERIFY2(name.startsWith(QStringLiteral("/var/state.json.damaged-2")), qPrintable(name));
    QCOMPARE(QFileInfo(name).path(), QStringLiteral("/var"));
}

QTEST_GUILESS_MAIN(TestSavedFile)
#include "tst_savedfile.moc"
