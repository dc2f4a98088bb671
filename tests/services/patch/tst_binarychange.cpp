#include "services/patch/diffapplication.h"
#include "tests/support/tempworkspace.h"

#include <QProcess>
#include <QRandomGenerator>
#include <QTest>

using namespace PatchPanel;
using namespace PatchPanel::Patch;
using PatchPanel::Test::TempWorkspace;

namespace {

QByteArray randomBytes(int size, quint32 seed)
{
    QRandomGenerator generator(seed);
    QByteArray bytes(size, '\0');
    for (char &byte : bytes) {
        byte = static_cast<char>(generator.bounded(256));
    }
    bytes[0] = '\0'; // git takes the file for binary
    return bytes;
}

QByteArray git(const QString &folder, const QStringList &arguments)
{
    QProcess process;
    process.setWorkingDirectory(folder);
    process.start(QStringLiteral("git"), arguments);
    process.waitForFinished();
    return process.readAllStandardOutput();
}

// What `git diff --binary` says of the two contents; empty stands for absence.
QByteArray binaryDiff(const std::optional<QByteArray> &before, const std::optional<QByteArray> &after)
{
    const TempWorkspace workspace;
    const QString file = QStringLiteral("f.bin");
    git(workspace.path(), {QStringLiteral("init"), QStringLiteral("-q")});
    if (before) {
        [[maybe_unused]] const bool written = workspace.write(file, *before);
    }
    git(workspace.path(), {QStringLiteral("add"), QStringLiteral("-A")});
    const QByteArray tree = git(workspace.path(), {QStringLiteral("write-tree")}).trimmed();
    after ? workspace.write(file, *after) : QFile::remove(workspace.absolute(file));
    git(workspace.path(), {QStringLiteral("add"), QStringLiteral("-A")});
    return git(
        workspace.path(),
        {QStringLiteral("diff"), QStringLiteral("--cached"), QStringLiteral("--binary"), QString::fromLatin1(tree)});
}

QByteArray changedIn(QByteArray bytes, int at)
{
    bytes.replace(at, 20, "changed in the middle");
    return bytes;
}

} // namespace

class TestBinaryChange : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void appliesWhatGitWrites_data();
    void appliesWhatGitWrites();
    void refusesOtherContents();
    void refusesWithoutWholeIds();
};

void TestBinaryChange::appliesWhatGitWrites_data()
{
    using Contents = std::optional<QByteArray>;
    QTest::addColumn<Contents>("before");
    QTest::addColumn<Contents>("after");
    const QByteArray large = randomBytes(1'000'000, 1);
    const auto row = [](const char *name, const Contents &before, const Contents &after) {
        QTest::newRow(name) << before << after;
    };
    row("created", std::nullopt, randomBytes(300, 2));
    row("deleted", randomBytes(300, 3), std::nullopt);
    row("one byte", QByteArray("\0", 1), QByteArray("\0\1", 2));
    row("emptied", QByteArray("\0\0\0", 3), QByteArray(""));
    row("filled", QByteArray(""), QByteArray("\0\0\0", 3));
    row("data of 52 bytes a line", randomBytes(52, 4), randomBytes(52, 5));
    row("data of 53 bytes", randomBytes(53, 6), randomBytes(53, 7));
    row("replaced", randomBytes(5000, 8), randomBytes(6000, 9));
    row("delta", large, changedIn(large, 500'000));
    row("delta that drops the start", large, large.mid(1000));
    row("delta that grows", large, large + randomBytes(70'000, 10));
}

void TestBinaryChange::appliesWhatGitWrites()
{
    QFETCH(std::optional<QByteArray>, before);
    QFETCH(std::optional<QByteArray>, after);
    const QString file = QStringLiteral("f.bin");
    const QByteArray diff = binaryDiff(before, after);
    QVERIFY(diff.contains("GIT binary patch"));
    const TempWorkspace workspace;
    QVERIFY(!before || workspace.write(file, *before));

    const Result<Plan> plan = applyDiffTo(workspace.path(), diff, {}, Durability::Process);
    QVERIFY2(plan.ok(), plan ? "" : qPrintable(plan.error().toString()));
    QCOMPARE(plan->changes.size(), 1);
    QCOMPARE(workspace.exists(file), after.has_value());
    QVERIFY(!after || workspace.read(file) == *after);

    const Result<Plan> again = applyDiffTo(workspace.path(), diff, {}, Durability::Process);
    QVERIFY2(again.ok(), again ? "" : qPrintable(again.error().toString()));
    QVERIFY(again->changes.isEmpty());

    const Result<Plan> back = applyDiffTo(workspace.path(), binaryDiff(after, before), {}, Durability::Process);
    QVERIFY2(back.ok(), back ? "" : qPrintable(back.error().toString()));
    QVERIFY(before ? workspace.read(file) == *before : !workspace.exists(file));
}

void TestBinaryChange::refusesOtherContents()
{
    const TempWorkspace workspace;
    QVERIFY(workspace.write(QStringLiteral("f.bin"), randomBytes(5000, 20)));
    const Result<Plan> plan =
        applyDiffTo(workspace.path(), binaryDiff(randomBytes(5000, 8), randomBytes(6000, 9)), {}, Durability::Process);
    QVERIFY(!plan.ok());
    QCOMPARE(plan.error().code, ErrorCode::DoesNotApply);
    QVERIFY(workspace.read(QStringLiteral("f.bin")) == randomBytes(5000, 20));
}

void TestBinaryChange::refusesWithoutWholeIds()
{
    QByteArray diff = binaryDiff(QByteArray("\0a", 2), QByteArray("\0b", 2));
    const qsizetype index = diff.indexOf("index ");
    diff.replace(index, diff.indexOf('\n', index) - index, "index 1234567..89abcde 100644");
    const TempWorkspace workspace;
    QVERIFY(workspace.write(QStringLiteral("f.bin"), QByteArray("\0a", 2)));
    const Result<Plan> plan = applyDiffTo(workspace.path(), diff, {}, Durability::Process);
    QVERIFY(!plan.ok());
    QVERIFY2(plan.error().message.contains(QStringLiteral("blob ids")), qPrintable(plan.error().message));
}

QTEST_GUILESS_MAIN(TestBinaryChange)
#include "tst_binarychange.moc"
