#include "ui/models/jsonindex.h"
#include "ui/models/textlines.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>

using namespace PatchPanel::Ui;

namespace {

// The value of a node as Qt reads it.
QJsonValue valueFrom(const JsonIndex &index, quint32 node)
{
    switch (index.typeOf(node)) {
    case JsonType::Object: {
        QJsonObject object;
        for (quint32 child = node + 1; child < index.node(node).next; child = index.node(child).next) {
            object.insert(index.keyOf(child), valueFrom(index, child));
        }
        return object;
    }
    case JsonType::Array: {
        QJsonArray array;
        for (quint32 child = node + 1; child < index.node(node).next; child = index.node(child).next) {
            array.append(valueFrom(index, child));
        }
        return array;
    }
    case JsonType::String:
        return index.valueOf(node);
    case JsonType::Number:
        return index.valueOf(node).toDouble();
    case JsonType::Bool:
        return index.valueOf(node) == QLatin1String("true");
    case JsonType::Null:
        break;
    }
    return {};
}

} // namespace

class TestJsonIndex : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void readsWhatQtReads_data();
    void readsWhatQtReads();
    void scalarsCanBeTheRoot();
    void countsChildren();
    void placesOfProblems_data();
    void placesOfProblems();
    void refusesWhatQtRefuses_data();
    void refusesWhatQtRefuses();
    void deepDocumentsNeedNoStack();
    void tooDeepIsTold();
    void escapesAreDecoded_data();
    void escapesAreDecoded();
    void beginningDoesNotNeedTheWhole();
    void keysAreFound();
    void matchesHaveALimit();
    void linesAreSplit_data();
    void linesAreSplit();
    void longLinesAreSplitBetweenCharacters();
};

void TestJsonIndex::readsWhatQtReads_data()
{
    QTest::addColumn<QByteArray>("json");
    QTest::newRow("nested") << QByteArray(R"({"a": {"b": [1, 2, {"c": null}], "d": []}, "e": {}, "f": [[[]]]})");
    QTest::newRow("numbers") << QByteArray("[0, -1, 2.5, 1e3, 1E-2, -0.0, 123456789012]");
    QTest::newRow("words") << QByteArray("[true, false, null]");
    QTest::newRow("blanks") << QByteArray(" \n\t\r[ \n1\t,\r2 ] \n");
    QTest::newRow("strings") << QByteArray(R"(["", "\"", "\\", "\u00e9\n", "größe", "\ud83d\ude00", "a\/b"])");
    QTest::newRow("names") << QByteArray(R"({"": 1, "a\"b": 2, "a/b~c": 3})");
}

void TestJsonIndex::readsWhatQtReads()
{
    QFETCH(QByteArray, json);
    const QJsonDocument expected = QJsonDocument::fromJson(json);
    QVERIFY(!expected.isNull());
    const JsonIndex index = indexJson(json);
    QVERIFY2(!index.problem, index.problem ? qPrintable(index.problem->toString()) : "");
    const QJsonValue value = valueFrom(index, 0);
    QCOMPARE(value.isArray() ? QJsonDocument(value.toArray()) : QJsonDocument(value.toObject()), expected);
}

void TestJsonIndex::scalarsCanBeTheRoot()
{
    const JsonIndex index = indexJson(" \"text\" ");
    QCOMPARE(index.nodes.size(), std::size_t{1});
    QCOMPARE(index.valueOf(0), QStringLiteral("text"));
}

void TestJsonIndex::countsChildren()
{
    const JsonIndex index = indexJson(R"({"a":[1,[2,3]],"b":{}})");
    QCOMPARE(index.nodes.size(), std::size_t{7});
    QCOMPARE(index.node(0).children, 2U);
    QCOMPARE(index.node(1).children, 2U);
    QCOMPARE(index.node(1).next, 6U);
    QCOMPARE(index.bytesOf(1).toByteArray(), QByteArray("[1,[2,3]]"));
    QCOMPARE(index.keyOf(6), QStringLiteral("b"));
}

void TestJsonIndex::placesOfProblems_data()
{
    QTest::addColumn<QByteArray>("json");
    QTest::addColumn<QString>("problem");
    const auto row = [](const char *name, const char *json, const char *problem) {
        QTest::newRow(name) << QByteArray(json) << QString::fromUtf8(problem);
    };
    row("empty", "", "line 1, column 1: the text ends where a value was expected");
    row("no JSON", "502 Bad Gateway", "line 1, column 5: the document ends here, but text follows");
    row("cut off", "{\"a\": [1, 2", "line 1, column 12: a comma or “]” was expected");
    row("comma at the end", "[1,\n 2,\n]", "line 3, column 1: a value was expected");
    row("no colon", "{\n  \"a\" 1}", "line 2, column 7: a colon was expected");
    row("name without quotes", "{a: 1}", "line 1, column 2: a name in quotes was expected");
    row("string without an end", "[\"ä\", \"b]", "line 1, column 7: this string has no end");
    row("line break in a string", "[\"a\nb\"]", "line 1, column 4: a control character in a string");
    row("escape", "[\"\\x\"]", "line 1, column 3: an escape that JSON does not know");
    row("short escape", "[\"\\u12\"]", "line 1, column 3: an escape that JSON does not know");
    row("number", "[1.]", "line 1, column 4: a digit was expected");
    row("minus", "[-]", "line 1, column 3: a digit was expected");
    row("leading zero", "[01]", "line 1, column 3: a comma or “]” was expected");
    row("word", "[nul]", "line 1, column 2: a value was expected");
    row("wrong bracket", "{\"a\":1]", "line 1, column 7: a comma or “}” was expected");
    row("comment", "[1 /* */]", "line 1, column 4: a comma or “]” was expected");
}

void TestJsonIndex::placesOfProblems()
{
    QFETCH(QByteArray, json);
    QFETCH(QString, problem);
    const JsonIndex index = indexJson(json);
    QVERIFY(index.problem);
    QVERIFY(index.nodes.empty());
    QCOMPARE(index.problem->toString(), problem);
}

void TestJsonIndex::refusesWhatQtRefuses_data()
{
    QTest::addColumn<QByteArray>("json");
    const QByteArray valid = R"({"a": [1, 25e3, "x\n"], "b": {"c": true}})";
    for (int i = 0; i < valid.size(); ++i) {
        QByteArray without = valid;
        without.remove(i, 1);
        QTest::addRow("without byte %d", i) << without;
        QTest::addRow("up to byte %d", i) << valid.left(i);
        QByteArray twice = valid;
        QTest::addRow("byte %d twice", i) << twice.insert(i, valid[i]);
    }
}

void TestJsonIndex::refusesWhatQtRefuses()
{
    QFETCH(QByteArray, json);
    QJsonParseError error;
    QJsonDocument::fromJson(json, &error);
    const JsonIndex index = indexJson(json);
    // Qt takes containers only for a document.
    QCOMPARE(!index.problem && index.isContainer(0), error.error == QJsonParseError::NoError);
}

void TestJsonIndex::deepDocumentsNeedNoStack()
{
    constexpr int depth = 9000;
    const JsonIndex index = indexJson(QByteArray(depth, '[') + QByteArray(depth, ']'));
    QCOMPARE(index.nodes.size(), std::size_t{depth});
    QCOMPARE(index.node(0).next, static_cast<quint32>(depth));
}

void TestJsonIndex::tooDeepIsTold()
{
    const JsonIndex index = indexJson(QByteArray(100'000, '['));
    QVERIFY(index.problem);
    QCOMPARE(index.problem->message, QStringLiteral("more than 10000 levels"));
}

void TestJsonIndex::escapesAreDecoded_data()
{
    QTest::addColumn<QByteArray>("inside");
    QTest::addColumn<QString>("text");
    QTest::newRow("none") << QByteArray("größe") << QStringLiteral("größe");
    QTest::newRow("short ones") << QByteArray(R"(a\"\\\/\b\f\n\r\tz)") << QStringLiteral("a\"\\/\b\f\n\r\tz");
    QTest::newRow("surrogates") << QByteArray(R"(\uD83D\ude00!)") << QStringLiteral("😀!");
    QTest::newRow("cut in the middle") << QByteArray(R"(ab\u00)") << QStringLiteral("ab");
    QTest::newRow("cut behind the backslash") << QByteArray("ab\\") << QStringLiteral("ab");
}

void TestJsonIndex::escapesAreDecoded()
{
    QFETCH(QByteArray, inside);
    QFETCH(QString, text);
    QCOMPARE(decodedJson(inside), text);
}

void TestJsonIndex::beginningDoesNotNeedTheWhole()
{
    const JsonIndex index = indexJson("[\"" + QByteArray(5000, 'x').replace(1, 1, "\\u00e9") + "\", \"short\"]");
    QCOMPARE(index.beginningOf(1, 4), QStringLiteral("xéxx"));
    QCOMPARE(index.beginningOf(2, 4), QStringLiteral("shor"));
    QCOMPARE(index.beginningOf(2, 40), QStringLiteral("short"));
}

void TestJsonIndex::keysAreFound()
{
    const JsonIndex index =
        indexJson(R"({"Name":1,"list":[{"x":1},{"x":2,"filename":{"deep":3}}],"other":[1],"n\u0061me":4})");
    const JsonMatches found = findKeys(index, QStringLiteral("name"));
    QStringList told;
    for (const JsonMatches::Shown &entry : found.shown) {
        told.append(QStringLiteral("%1@%2%3")
                        .arg(index.keyOf(entry.node))
                        .arg(entry.position)
                        .arg(entry.matches ? QStringLiteral("!") : QString()));
    }
    QCOMPARE(told,
             (QStringList{QStringLiteral("@0"), QStringLiteral("Name@0!"), QStringLiteral("list@1"),
                          QStringLiteral("@1"), QStringLiteral("filename@1!"), QStringLiteral("name@3!")}));
    QCOMPARE(found.matches, 3);
    QVERIFY(findKeys(index, QStringLiteral("nowhere")).shown.empty());
}

void TestJsonIndex::matchesHaveALimit()
{
    QByteArray json = "[";
    for (int i = 0; i <= JsonMatches::mostMatches; ++i) {
        json += "{\"key\":1},";
    }
    json.back() = ']';
    const JsonMatches found = findKeys(indexJson(json), QStringLiteral("key"));
    QCOMPARE(found.matches, JsonMatches::mostMatches);
    QVERIFY(found.isCut);
}

void TestJsonIndex::linesAreSplit_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QByteArrayList>("lines");
    QTest::newRow("empty") << QByteArray() << QByteArrayList{};
    QTest::newRow("break at the end") << QByteArray("a\nb\n") << QByteArrayList{"a", "b"};
    QTest::newRow("none at the end") << QByteArray("a\n\nb") << QByteArrayList{"a", "", "b"};
    QTest::newRow("only a break") << QByteArray("\n") << QByteArrayList{""};
}

void TestJsonIndex::linesAreSplit()
{
    QFETCH(QByteArray, text);
    QFETCH(QByteArrayList, lines);
    const auto split = splitLines(text);
    QByteArrayList found;
    for (qsizetype line = 0; line < split->count(); ++line) {
        found.append(split->line(line).toByteArray());
    }
    QCOMPARE(found, lines);
}

void TestJsonIndex::longLinesAreSplitBetweenCharacters()
{
    const QByteArray text = "x" + QByteArray("ü").repeated(400'000) + "\nend";
    const auto split = splitLines(text);
    QCOMPARE(split->count(), 5);
    QByteArray all;
    for (qsizetype line = 0; line < split->count(); ++line) {
        QVERIFY(split->line(line).size() <= 256 * 1024);
        QVERIFY(!QString::fromUtf8(split->line(line)).contains(QChar::ReplacementCharacter));
        all += split->line(line);
    }
    QCOMPARE(all, QByteArray(text).replace('\n', ""));
}

QTEST_GUILESS_MAIN(TestJsonIndex)
#include "tst_jsonindex.moc"
