#include "ui/models/jsonmodel.h"
#include "ui/views/jsonview.h"
#include "ui/views/textview.h"

#include <QAbstractItemModelTester>
#include <QJsonArray>
#include <QJsonDocument>
#include <QTest>
#include <QTreeView>

using namespace PatchPanel::Ui;

namespace {

QJsonObject sample()
{
    return {{QStringLiteral("name"), QStringLiteral("runner-1")},
            {QStringLiteral("a/b~c"), true},
            {QStringLiteral("steps"),
             QJsonArray{QJsonObject{{QStringLiteral("state"), QStringLiteral("passed")}}, 2.5, QJsonValue()}}};
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

} // namespace

class TestJsonModel : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void modelIsConsistent();
    void childrenAreMadeOnDemand();
    void pointersEscape();
    void valuesAreWhole();
    void longStringsAreClippedInTheTree();
    void viewShowsWhatIsNotJsonAsText();
    void expandAllOpensNestedRows();
};

void TestJsonModel::modelIsConsistent()
{
    JsonModel model;
    QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    tester.setUseFetchMore(false); // it would fetch in the middle of a reset
    model.setRoot(sample());
    const QModelIndex steps = child(model, QStringLiteral("steps"));
    QCOMPARE(child(model, QStringLiteral("0"), steps).parent(), steps);
    model.setRoot(QJsonValue());
    QCOMPARE(model.rowCount(), 0);
}

void TestJsonModel::childrenAreMadeOnDemand()
{
    QJsonArray many;
    for (int i = 0; i < 2500; ++i) {
        many.append(i);
    }
    JsonModel model;
    model.setRoot(many);
    QCOMPARE(model.rowCount(), 0);
    QVERIFY(model.hasChildren());
    model.fetchMore({});
    QCOMPARE(model.rowCount(), JsonModel::batchSize);
    QVERIFY(model.canFetchMore({}));
    model.fetchMore({});
    model.fetchMore({});
    QCOMPARE(model.rowCount(), 2500);
    QVERIFY(!model.canFetchMore({}));
    QCOMPARE(model.index(2499, JsonModel::ValueColumn).data().toString(), QStringLiteral("2499"));
}

void TestJsonModel::pointersEscape()
{
    JsonModel model;
    model.setRoot(sample());
    QCOMPARE(model.pointer(child(model, QStringLiteral("a/b~c"))), QStringLiteral("/a~1b~0c"));
    const QModelIndex first = child(model, QStringLiteral("0"), child(model, QStringLiteral("steps")));
    QCOMPARE(model.pointer(child(model, QStringLiteral("state"), first)), QStringLiteral("/steps/0/state"));
    QCOMPARE(model.pointer({}), QString());
}

void TestJsonModel::valuesAreWhole()
{
    JsonModel model;
    model.setRoot(sample());
    QCOMPARE(model.valueText(child(model, QStringLiteral("name"))), QStringLiteral("runner-1"));
    QCOMPARE(model.valueText(child(model, QStringLiteral("a/b~c"))), QStringLiteral("true"));
    QCOMPARE(model.valueText(child(model, QStringLiteral("steps"))),
             QStringLiteral("[{\"state\":\"passed\"},2.5,null]"));
}

void TestJsonModel::longStringsAreClippedInTheTree()
{
    const QString text(JsonModel::shownStringLimit + 5, QLatin1Char('x'));
    JsonModel model;
    model.setRoot(QJsonObject{{QStringLiteral("text"), text}});
    const QModelIndex key = child(model, QStringLiteral("text"));
    QCOMPARE(key.siblingAtColumn(JsonModel::ValueColumn).data().toString().size(), JsonModel::shownStringLimit + 1);
    QCOMPARE(model.valueText(key), text);
}

void TestJsonModel::viewShowsWhatIsNotJsonAsText()
{
    JsonView view;
    QCOMPARE(view.setDocument("{\"a\":1}"), JsonView::Mode::Tree);
    QCOMPARE(view.treeView()->model()->rowCount(), 1);
    QCOMPARE(view.setDocument("502 Bad Gateway"), JsonView::Mode::Raw);
    QCOMPARE(view.treeView()->model()->rowCount(), 0);
    QVERIFY(view.rawView()->lineText(0).contains(QStringLiteral("Gateway")));
}

void TestJsonModel::expandAllOpensNestedRows()
{
    JsonView view;
    view.setDocument(QJsonDocument(sample()).toJson());
    view.expandAll();
    const QAbstractItemModel *model = view.treeView()->model();
    const QModelIndex steps = model->index(2, 0);
    QVERIFY(view.treeView()->isExpanded(steps));
    QVERIFY(view.treeView()->isExpanded(model->index(0, 0, steps)));
    view.collapseAll();
    QVERIFY(!view.treeView()->isExpanded(steps));
}

QTEST_MAIN(TestJsonModel)
#include "tst_jsonmodel.moc"
