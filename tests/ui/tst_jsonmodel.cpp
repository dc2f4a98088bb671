#include "ui/models/background.h"
#include "ui/models/jsonmodel.h"
#include "ui/models/jsontext.h"
#include "ui/views/jsonview.h"
#include "ui/views/textview.h"
#include "ui/views/valuedialog.h"

#include <QAbstractItemModelTester>
#include <QClipboard>
#include <QElapsedTimer>
#include <QGuiApplication>
#include <QScrollBar>
#include <QSignalSpy>
#include <QTest>
#include <QTreeView>

using namespace PatchPanel::Ui;

namespace {

const QByteArray sample = R"({"name":"runner-1","a/b~c":true,"steps":[{"state":"passed"},2.5,null]})";

std::shared_ptr<const JsonIndex> read(const QByteArray &json)
{
    return std::make_shared<const JsonIndex>(indexJson(json));
}

QByteArray numbers(int count)
{
    QByteArray json = "[";
    for (int i = 0; i < count; ++i) {
        json += QByteArray::number(i) + ',';
    }
    json.back() = ']';
    return json;
}

QModelIndex child(JsonModel &model, const QString &key, const QModelIndex &parent = {})
{
    model.fetchMore(parent);
    for (int row = 0; row < model.rowCount(parent); ++row) {
        const QModelIndex index = model.index(row, JsonModel::KeyColumn, parent);
        if (index.data().toString() == key) {
            return index;
        }
    }
    return {};
}

bool show(JsonView &view, const QByteArray &json)
{
    view.setDocument(json);
    return QTest::qWaitFor([&view] { return !view.isLoading(); }, 20'000);
}

// "name", or "name.beneath" of what is expanded.
QStringList openKeys(const QTreeView &tree, const QModelIndex &parent = {})
{
    QStringList keys;
    for (int row = 0; row < tree.model()->rowCount(parent); ++row) {
        const QModelIndex index = tree.model()->index(row, 0, parent);
        keys.append(index.data().toString());
        if (tree.isExpanded(index)) {
            for (const QString &key : openKeys(tree, index)) {
                keys.append(index.data().toString() + QLatin1Char('.') + key);
            }
        }
    }
    return keys;
}

} // namespace

class TestJsonModel : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void modelIsConsistent();
    void childrenAreMadeOnDemand();
    void pathsEscape();
    void longStringsAreClippedInTheTree();
    void filteredTreeKeepsPositions();
    void readsOnAnotherThread();
    void textThatIsNoJsonTellsTheLine();
    void largeDocumentIsTextFirst();
    void textIsIndented_data();
    void textIsIndented();
    void deepTextStaysSmall();
    void lastDocumentIsShown();
    void levelsOpenAndClose();
    void expandAllKnowsALimit();
    void starKeyKnowsTheLimit();
    void longListsGoOnWhenScrolled();
    void keysAreFiltered();
    void valuesAreCopied();
    void clippedStringIsShownWhole();
    void longLinesOfTextAreQuick();
};

void TestJsonModel::modelIsConsistent()
{
    JsonModel model;
    QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    tester.setUseFetchMore(false); // it would fetch in the middle of a reset
    model.setDocument(read(sample));
    const QModelIndex steps = child(model, QStringLiteral("steps"));
    QCOMPARE(child(model, QStringLiteral("0"), steps).parent(), steps);
    model.setDocument({});
    QCOMPARE(model.rowCount(), 0);
    model.setDocument(read("no JSON"));
    QCOMPARE(model.rowCount(), 0);
    QVERIFY(!model.hasChildren());
}

void TestJsonModel::childrenAreMadeOnDemand()
{
    JsonModel model;
    model.setDocument(read(numbers(2500)));
    QCOMPARE(model.rowCount(), 0);
    QVERIFY(model.hasChildren());
    model.fetchMore({});
    QCOMPARE(model.rowCount(), JsonModel::batchSize);
    QVERIFY(model.hasMore({}));
    QVERIFY(!model.canFetchMore({})); // a view does not go on by itself
    model.fetchMore({});
    model.fetchMore({});
    QCOMPARE(model.rowCount(), 2500);
    QVERIFY(!model.hasMore({}));
    QCOMPARE(model.index(2499, JsonModel::ValueColumn).data().toString(), QStringLiteral("2499"));
}

void TestJsonModel::pathsEscape()
{
    JsonModel model;
    model.setDocument(read(R"({"a/b~c":1,"steps":[0,{"state":2,"two words":[3]}],"say \"hi\"\\":4})"));
    const auto paths = [&model](const QModelIndex &index) {
        return QStringList{model.pointer(index), model.jqPath(index)};
    };
    QCOMPARE(paths(child(model, QStringLiteral("a/b~c"))),
             (QStringList{QStringLiteral("/a~1b~0c"), QStringLiteral(".[\"a/b~c\"]")}));
    const QModelIndex second = child(model, QStringLiteral("1"), child(model, QStringLiteral("steps")));
    QCOMPARE(paths(child(model, QStringLiteral("state"), second)),
             (QStringList{QStringLiteral("/steps/1/state"), QStringLiteral(".steps[1].state")}));
    QCOMPARE(paths(child(model, QStringLiteral("0"), child(model, QStringLiteral("two words"), second))),
             (QStringList{QStringLiteral("/steps/1/two words/0"), QStringLiteral(".steps[1][\"two words\"][0]")}));
    QCOMPARE(model.jqPath(child(model, QStringLiteral("say \"hi\"\\"))), QStringLiteral(".[\"say \\\"hi\\\"\\\\\"]"));
    QCOMPARE(paths({}), (QStringList{QString(), QStringLiteral(".")}));
    JsonModel list;
    list.setDocument(read("[1]"));
    QCOMPARE(list.jqPath(child(list, QStringLiteral("0"))), QStringLiteral(".[0]"));
}

void TestJsonModel::longStringsAreClippedInTheTree()
{
    const QByteArray text(JsonModel::shownStringLimit + 5, 'x');
    JsonModel model;
    model.setDocument(read("{\"text\":\"" + text + "\",\"short\":\"y\"}"));
    const QModelIndex key = child(model, QStringLiteral("text"));
    QCOMPARE(key.siblingAtColumn(JsonModel::ValueColumn).data().toString(),
             QString::fromLatin1(text.left(JsonModel::shownStringLimit)) + QStringLiteral("… Show all 2.1 kB"));
    QVERIFY(model.isClipped(key));
    QVERIFY(!model.isClipped(key.siblingAtRow(1)));
}

void TestJsonModel::filteredTreeKeepsPositions()
{
    const auto document = read(R"({"other":1,"list":[{"x":1},{"x":2,"name":{"deep":3}}]})");
    JsonModel model;
    QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    tester.setUseFetchMore(false);
    model.setDocument(document, std::make_shared<const JsonMatches>(findKeys(*document, QStringLiteral("name"))));
    QVERIFY(!child(model, QStringLiteral("other")).isValid());
    const QModelIndex list = child(model, QStringLiteral("list"));
    QVERIFY(model.leadsToMatch(list));
    const QModelIndex second = child(model, QStringLiteral("1"), list);
    QCOMPARE(model.rowCount(list), 1);
    QVERIFY(!child(model, QStringLiteral("x"), second).isValid());
    const QModelIndex name = child(model, QStringLiteral("name"), second);
    QVERIFY(!model.leadsToMatch(name));
    QCOMPARE(model.pointer(child(model, QStringLiteral("deep"), name)), QStringLiteral("/list/1/name/deep"));
}

void TestJsonModel::readsOnAnotherThread()
{
    JsonView view;
    QSignalSpy loaded(&view, &JsonView::loaded);
    view.setDocument(sample);
    backgroundPool().waitForDone(); // all of the work is done, and this thread was not asked for any
    QVERIFY(!view.hasTree());
    QCOMPARE(view.rawView()->lineCount(), 0);
    QVERIFY(loaded.wait());
    QVERIFY(view.hasTree());
    QCOMPARE(view.suitedMode(), JsonView::Mode::Tree);
    QCOMPARE(view.treeView()->model()->rowCount(), 3);
    QCOMPARE(view.rawView()->lineText(1), QStringLiteral("  \"name\": \"runner-1\","));
}

void TestJsonModel::textThatIsNoJsonTellsTheLine()
{
    JsonView view;
    view.resize(600, 200);
    const QByteArray lines = QByteArray("1,\n").repeated(500);
    QVERIFY(show(view, "[\n" + lines + "oops]"));
    QCOMPARE(view.suitedMode(), JsonView::Mode::Raw);
    QCOMPARE(view.problem(), QStringLiteral("line 502, column 1: a value was expected"));
    QCOMPARE(view.treeView()->model()->rowCount(), 0);
    QVERIFY(!view.hasTree());
    view.setMode(JsonView::Mode::Raw);
    QCOMPARE(view.rawView()->lineText(501), QStringLiteral("oops]")); // as it was received
    QVERIFY(view.rawView()->visibleText().contains(QStringLiteral("oops")));
}

void TestJsonModel::largeDocumentIsTextFirst()
{
    JsonView view;
    const QByteArray json = numbers(1'000'000);
    QVERIFY(json.size() > JsonView::treeLimit);
    view.setDocument(json);
    QCOMPARE(view.suitedMode(), JsonView::Mode::Raw);
    QTRY_VERIFY_WITH_TIMEOUT(view.rawView()->lineCount() > 0, 20'000);
    const qsizetype firstLines = view.rawView()->lineCount();
    const QString lastOfThem = view.rawView()->lineText(firstLines - 1);
    view.rawView()->verticalScrollBar()->setValue(100);
    QTRY_VERIFY_WITH_TIMEOUT(!view.isLoading(), 20'000);
    QVERIFY(view.hasTree());
    QCOMPARE(view.rawView()->lineCount(), 1'000'002);
    QVERIFY(firstLines < 100'000); // the beginning came before the rest
    QCOMPARE(view.rawView()->lineText(firstLines - 1), lastOfThem);
    QCOMPARE(view.rawView()->verticalScrollBar()->value(), 100);
    QCOMPARE(view.suitedMode(), JsonView::Mode::Raw);
    QVERIFY(show(view, json.chopped(1)));
    QCOMPARE(view.rawView()->lineCount(), (json.size() - 2) / (256 * 1024) + 1);
    QVERIFY2(view.problem().startsWith(QStringLiteral("line 1, column 6888891: a comma")), qPrintable(view.problem()));
}

void TestJsonModel::textIsIndented_data()
{
    QTest::addColumn<QByteArray>("json");
    QTest::addColumn<QByteArray>("text");
    QTest::newRow("nested") << QByteArray(R"({"a":[1,{"b":"x, {y}"}],"c":{},"d":[ ]})")
                            << QByteArray("{\n  \"a\": [\n    1,\n    {\n      \"b\": \"x, {y}\"\n    }\n  ],\n"
                                          "  \"c\": {},\n  \"d\": []\n}");
    QTest::newRow("no JSON") << QByteArray("502 Bad Gateway") << QByteArray("502BadGateway");
    QTest::newRow("string without an end") << QByteArray("[\"a") << QByteArray("[\n  \"a");
    QTest::newRow("empty") << QByteArray() << QByteArray();
}

void TestJsonModel::textIsIndented()
{
    QFETCH(QByteArray, json);
    QFETCH(QByteArray, text);
    QCOMPARE(indentedJson(json), text);
}

void TestJsonModel::deepTextStaysSmall()
{
    QVERIFY(indentedJson(QByteArray(100'000, '[')).size() < 100'000 * 402);
}

void TestJsonModel::lastDocumentIsShown()
{
    JsonView view;
    view.setDocument(numbers(300'000));
    view.setDocument(sample);
    QTRY_VERIFY(!view.isLoading());
    backgroundPool().waitForDone();
    QCoreApplication::processEvents();
    QCOMPARE(view.treeView()->model()->rowCount(), 3);
    QCOMPARE(view.rawView()->lineCount(), 11);
}

void TestJsonModel::levelsOpenAndClose()
{
    JsonView view;
    QVERIFY(show(view, R"({"a":{"b":{"c":1}},"d":[[2]],"e":5})"));
    const QTreeView *tree = view.treeView();
    const auto keys = [tree](const char *text) {
        return std::pair(openKeys(*tree).join(QLatin1Char(' ')), QString::fromLatin1(text));
    };
    const auto compare = [](const std::pair<QString, QString> &pair) {
        QCOMPARE(pair.first, pair.second);
    };
    view.expandLevel();
    compare(keys("a a.b d d.0 e"));
    view.expandLevel();
    compare(keys("a a.b a.b.c d d.0 d.0.0 e"));
    view.collapseLevel();
    compare(keys("a a.b d d.0 e"));
    view.collapseAll();
    compare(keys("a d e"));
    view.expandAll();
    compare(keys("a a.b a.b.c d d.0 d.0.0 e"));
    QCOMPARE(view.note(), QString());
}

void TestJsonModel::expandAllKnowsALimit()
{
    QByteArray json = "[";
    for (int i = 0; i < 1000; ++i) {
        json += "[[1,2,3],[4,5,6],{\"a\":{\"b\":[7]}}],";
    }
    json.back() = ']';
    JsonView view;
    view.resize(600, 400);
    view.show();
    QVERIFY(show(view, json));
    view.expandAll();
    const qsizetype rows = openKeys(*view.treeView()).size();
    QVERIFY2(rows >= JsonView::expandLimit && rows < JsonView::expandLimit + JsonModel::batchSize,
             qPrintable(QString::number(rows)));
    QVERIFY2(view.note().endsWith(QStringLiteral("rows are open; the rest stays closed")), qPrintable(view.note()));
    view.collapseAll();
    QCOMPARE(view.note(), QString());
}

void TestJsonModel::starKeyKnowsTheLimit()
{
    JsonView view;
    QVERIFY(show(view, "[" + QByteArray("[[1]],").repeated(20'000).chopped(1) + "]"));
    view.treeView()->setCurrentIndex(view.treeView()->model()->index(0, 0));
    QTest::keyClick(view.treeView(), Qt::Key_Asterisk);
    QVERIFY(view.treeView()->isExpanded(view.treeView()->model()->index(0, 0)));
    QVERIFY(openKeys(*view.treeView()).size() < 2 * JsonView::expandLimit);
}

void TestJsonModel::longListsGoOnWhenScrolled()
{
    JsonView view;
    view.resize(600, 300);
    view.show();
    QVERIFY(show(view, "{\"list\":" + numbers(3000) + ",\"last\":1}"));
    QTreeView *tree = view.treeView();
    const QModelIndex list = tree->model()->index(0, 0);
    tree->expand(list);
    QCOMPARE(tree->model()->rowCount(list), JsonModel::batchSize);
    tree->scrollTo(tree->model()->index(JsonModel::batchSize - 1, 0, list), QAbstractItemView::PositionAtBottom);
    QTRY_COMPARE(tree->model()->rowCount(list), 2 * JsonModel::batchSize);
}

void TestJsonModel::keysAreFiltered()
{
    JsonView view;
    QVERIFY(show(view, R"({"other":1,"list":[{"x":1},{"x":2,"name":{"deep":3}}]})"));
    QSignalSpy noted(&view, &JsonView::noteChanged);
    view.setKeyFilter(QStringLiteral("NAME"));
    QVERIFY(noted.wait());
    QCOMPARE(openKeys(*view.treeView()).join(QLatin1Char(' ')), QStringLiteral("list list.1 list.1.name"));
    QCOMPARE(view.note(), QStringLiteral("1 match"));
    view.setKeyFilter(QStringLiteral("zzz"));
    QVERIFY(noted.wait());
    QCOMPARE(view.note(), QStringLiteral("0 matches"));
    QCOMPARE(view.treeView()->model()->rowCount(), 0);
    view.setKeyFilter({});
    QCOMPARE(openKeys(*view.treeView()).join(QLatin1Char(' ')), QStringLiteral("other list"));
    QCOMPARE(view.note(), QString());
}

void TestJsonModel::valuesAreCopied()
{
    JsonView view;
    QVERIFY(show(view, sample));
    const auto copied = [&view](int row) {
        view.treeView()->setCurrentIndex(view.treeView()->model()->index(row, 0));
        QGuiApplication::clipboard()->clear();
        QTest::keyClick(view.treeView(), Qt::Key_C, Qt::ControlModifier);
        return QTest::qWaitFor([] { return !QGuiApplication::clipboard()->text().isEmpty(); })
            ? QGuiApplication::clipboard()->text()
            : QString();
    };
    QCOMPARE(copied(0), QStringLiteral("runner-1"));
    QCOMPARE(copied(1), QStringLiteral("true"));
    QCOMPARE(copied(2), QStringLiteral("[{\"state\":\"passed\"},2.5,null]"));
    view.copyDocument();
    QTRY_COMPARE(QGuiApplication::clipboard()->text().toUtf8(), sample);
}

void TestJsonModel::clippedStringIsShownWhole()
{
    JsonView view;
    view.show();
    QVERIFY(show(view, "{\"output\":\"" + QByteArray("line\\n").repeated(1000) + "\",\"short\":1}"));
    view.treeView()->setCurrentIndex(view.treeView()->model()->index(1, 0));
    QVERIFY(!view.isSelectionClipped());
    view.showSelectedValue();
    QVERIFY(!view.findChild<ValueDialog *>());
    view.treeView()->setCurrentIndex(view.treeView()->model()->index(0, 0));
    QTest::keyClick(view.treeView(), Qt::Key_Return);
    auto *dialog = view.findChild<ValueDialog *>();
    QVERIFY(dialog);
    QCOMPARE(dialog->windowTitle(), QStringLiteral("/output"));
    QTRY_COMPARE(dialog->view()->lineCount(), 1000);
    QCOMPARE(dialog->view()->lineText(999), QStringLiteral("line"));
}

void TestJsonModel::longLinesOfTextAreQuick()
{
    TextView view;
    view.resize(800, 400);
    view.setLines(splitLines(QByteArray(20'000'000, 'x')));
    view.show();
    QVERIFY(QTest::qWaitForWindowExposed(&view));
    QElapsedTimer timer;
    timer.start();
    for (int i = 0; i < 20; ++i) {
        QVERIFY(!view.grab().isNull());
    }
    QVERIFY2(timer.elapsed() < 4000, "painting must not depend on the length of a line");
}

QTEST_MAIN(TestJsonModel)
#include "tst_jsonmodel.moc"
