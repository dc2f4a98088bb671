#include "tests/support/sampleoutcome.h"
#include "ui/models/changesmodel.h"
#include "ui/views/diffview.h"

#include <QAbstractItemModelTester>
#include <QClipboard>
#include <QGuiApplication>
#include <QScrollBar>
#include <QTest>

using namespace PatchPanel;
using namespace PatchPanel::Ui;

namespace {

QByteArray diffOf(int change)
{
    return Test::samplePreview()[QStringLiteral("changes")][change][QStringLiteral("diff")].toString().toUtf8();
}

QByteArray hugeDiff(int lines)
{
    QByteArray diff = "@@ -1," + QByteArray::number(lines) + " +1," + QByteArray::number(lines + 1) + " @@\n";
    for (int i = 0; i < lines; ++i) {
        diff += " context " + QByteArray::number(i) + '\n';
        if (i == lines / 2) {
            diff += "+the one new line\n";
        }
    }
    return diff;
}

} // namespace

class TestDiffView : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void linesAreNumbered();
    void headersAreTold_data();
    void headersAreTold();
    void linesLikeHeadersInsideAHunkAreContent();
    void nextAndPreviousChange();
    void hugeDiffPaintsQuickly();
    void selectionIsCopiedWithoutMarks();
    void changesModelListsFiles();
};

void TestDiffView::linesAreNumbered()
{
    const QList<DiffLine> lines = readDiffLines(diffOf(1));
    QCOMPARE(lines.size(), 13);
    QCOMPARE(lines[0].kind, DiffKind::Hunk);
    QCOMPARE(lines[1], (DiffLine{DiffKind::Context, 118, 118, QStringLiteral("{")}));
    QCOMPARE(lines[3], (DiffLine{DiffKind::Removed, 120, 0, QStringLiteral("    start(config);")}));
    QCOMPARE(lines[5], (DiffLine{DiffKind::Added, 0, 120, QStringLiteral("    if (!start(config)) {")}));
    QCOMPARE(lines[8], (DiffLine{DiffKind::Context, 122, 123, QStringLiteral("    listen();")}));
}

void TestDiffView::headersAreTold_data()
{
    QTest::addColumn<QByteArray>("diff");
    QTest::addColumn<QList<DiffLine>>("lines");
    using Lines = QList<DiffLine>;
    QTest::newRow("rename") << QByteArray("diff --git a/x b/y\nsimilarity index 100%\nrename from x\nrename to y\n")
                            << Lines{{DiffKind::Note, 0, 0, QStringLiteral("similarity index 100%")},
                                     {DiffKind::Note, 0, 0, QStringLiteral("rename from x")},
                                     {DiffKind::Note, 0, 0, QStringLiteral("rename to y")}};
    QTest::newRow("binary") << QByteArray("Binary files a/x and b/x differ\n")
                            << Lines{{DiffKind::Note, 0, 0, QStringLiteral("Binary files a/x and b/x differ")}};
    QTest::newRow("no line break at the end")
        << QByteArray("@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+a\n")
        << Lines{{DiffKind::Hunk, 0, 0, QStringLiteral("@@ -1 +1 @@")},
                 {DiffKind::Removed, 1, 0, QStringLiteral("a")},
                 {DiffKind::Note, 0, 0, QStringLiteral("No newline at end of file")},
                 {DiffKind::Added, 0, 1, QStringLiteral("a")}};
    QTest::newRow("empty") << QByteArray() << Lines{};
}

void TestDiffView::headersAreTold()
{
    QFETCH(QByteArray, diff);
    QFETCH(QList<DiffLine>, lines);
    QCOMPARE(readDiffLines(diff), lines);
}

void TestDiffView::linesLikeHeadersInsideAHunkAreContent()
{
    const QList<DiffLine> lines = readDiffLines("@@ -1,2 +1,1 @@\n--- a comment\n diff --git\n");
    QCOMPARE(lines.size(), 3);
    QCOMPARE(lines[1], (DiffLine{DiffKind::Removed, 1, 0, QStringLiteral("-- a comment")}));
    QCOMPARE(lines[2], (DiffLine{DiffKind::Context, 2, 1, QStringLiteral("diff --git")}));
}

void TestDiffView::nextAndPreviousChange()
{
    DiffView view;
    view.resize(600, 200);
    view.setDiff("@@ -1,3 +1,3 @@\n-a\n+b\n c\n-d\n+e\n");
    QVERIFY(view.showNextChange());
    QVERIFY(view.showNextChange());
    QVERIFY(!view.showNextChange());
    QVERIFY(view.showPreviousChange());
    QVERIFY(!view.showPreviousChange());
}

void TestDiffView::hugeDiffPaintsQuickly()
{
    DiffView view;
    view.resize(800, 400);
    view.setDiff(hugeDiff(300'000));
    view.show();
    QVERIFY(QTest::qWaitForWindowExposed(&view));
    QVERIFY(view.showNextChange());
    QVERIFY(view.visibleText().contains(QStringLiteral("the one new line")));
    QElapsedTimer timer;
    timer.start();
    const QImage image = view.grab().toImage();
    QVERIFY(!image.isNull());
    QVERIFY2(timer.elapsed() < 1000, "painting must not depend on the number of lines");
}

void TestDiffView::selectionIsCopiedWithoutMarks()
{
    DiffView view;
    view.resize(600, 200);
    view.setDiff("@@ -1,1 +1,1 @@\n-old\n+new\n");
    view.selectAll();
    view.copy();
    QCOMPARE(QGuiApplication::clipboard()->text(), QStringLiteral("@@ -1,1 +1,1 @@\nold\nnew"));
}

void TestDiffView::changesModelListsFiles()
{
    ChangesModel model;
    const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    model.setChanges(Test::samplePreview()[QStringLiteral("changes")].toArray());
    QCOMPARE(model.rowCount(), 3);
    QCOMPARE(model.index(1, ChangesModel::PathColumn).data().toString(), QStringLiteral("src/app.cpp"));
    QCOMPARE(model.index(1, ChangesModel::AddedColumn).data().toString(), QStringLiteral("+3"));
    QCOMPARE(model.index(1, ChangesModel::RemovedColumn).data().toString(), QStringLiteral("\u22122"));
}

QTEST_MAIN(TestDiffView)
#include "tst_diffview.moc"
