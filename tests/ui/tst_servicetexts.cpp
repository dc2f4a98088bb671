#include "tests/ui/pseudolocale.h"
#include "ui/desktop/language.h"
#include "ui/models/servicetemplates.h"
#include "ui/models/servicetexts.h"

#include <QElapsedTimer>
#include <QRandomGenerator>
#include <QTest>
#include <QTranslator>

using namespace PatchPanel;
using namespace PatchPanel::Ui;

namespace {

// A language that puts angle brackets around every text of the services: which of them were found, and in which.
class Marked : public QTranslator {
public:
    Marked() { QCoreApplication::installTranslator(this); }
    ~Marked() override { QCoreApplication::removeTranslator(this); }

    bool isEmpty() const override { return false; }
    QString translate(const char *context, const char *source, const char *, int) const override
    {
        return qstrcmp(context, "PatchPanel::Services") == 0 ? u'<' + QString::fromUtf8(source) + u'>' : QString();
    }

    static QString unmarked(QString text) { return text.remove(u'<').remove(u'>'); }
};

// A template with a number in each place.
QString filled(const char *source)
{
    QString text = QString::fromUtf8(source);
    for (int place = 1; place <= 9; ++place) {
        text.replace(QStringLiteral("%%1").arg(place), QStringLiteral("7"));
    }
    return text;
}

} // namespace

// How what services say is taken apart, found and put together again.
class TestServiceTexts : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void partsAreFound_data();
    void partsAreFound();
    void errorIsOneLine();
    void everyTemplateIsFound();
    void englishStays();
    void nothingIsLost();
    void longTextsTakeNoTime_data();
    void longTextsTakeNoTime();
    void otherScriptsAreKept();
};

void TestServiceTexts::partsAreFound_data()
{
    QTest::addColumn<QString>("expected"); // its marks taken away, it is what is asked for
    const auto row = [](const char *name, const char *text) {
        QTest::newRow(name) << QString::fromUtf8(text);
    };
    row("nothing", "");
    row("whole", "<the token is missing or wrong>");
    row("unknown", "nobody has ever said this, or (perhaps) that: who knows. Not me");
    row("place", "<src/a b.cpp does not exist.>");
    row("place that is a name like a word", "<Test does not exist.>");
    row("text within a text", "<not started: <git could not be started: <Permission denied>>>");
    row("text within a sentence", "<Expected <a string>, found <an object>.>");
    row("most words win", "<port 5040 on 127.0.0.1 is in use by pid 12 (cat)>");
    row("fewer words", "<port 5040 on 127.0.0.1 is in use>");
    row("quoted is data", "<\"another run\" is no id of a run.>");
    row("command is data", "<Build failed: `cancelled` <exited with 2>.>");
    row("separators in a command",
        "<Validate failed: `a; cancelled, b (c)` <exited with 3>.> <The workspace is as it was before.>");
    row("marks in a command", "<Test failed: `echo `date` x` <exited with 1>.> <Nothing was changed.>");
    row("place and message", "/mutations/0/path (3:17): <The path \"../a\" <has the part \"..\">.>");
    row("message and hint", "<another run> (<try again later>)");
    row("hint that ends a sentence", "<the workspace is in use by <another run>> (<Decide which version to keep.>)");
    row("sentences", "<Nothing was changed.> <Name an existing folder.>");
    row("unknown between known", "<Nothing was changed.> Perhaps. <Name an existing folder.>");
    row("list", "<2 created>, <1 modified>; <<3 commands> run>; <committed abc1234>.");
    row("list in a sentence", "<Dry run: <1 created>, <2 moved>; <1 command> would run. Nothing was written.>");
    row("beside, not within",
        "<killed after 3 s>; <left <2 processes> running in the background, which were ended: "
        "a, b>");
    row("the same twice", "<k.pem: other users may read or change the private key: chmod 600 k.pem>");
    row("not the same twice", "k.pem: other users may read or change the private key: chmod 600 x.pem");
    row("place that may be empty",
        "<a.txt was changed by something else after the run wrote it: it was left as it "
        "is.>");
    row("place that adds to a word",
        "<a.txt was changed by something else after the run wrote it: it was left as it is; <the version from before "
        "the run is in .patchpanel/h/slot/3>.>");
    row("nothing in quotes", "<\"\" is no id of a run.>");
    row("more of it", "<Hunk 3 does not apply>: <line 2 is \"a (b\", expected was \"c; d\".> (<and 2 more>)");
    row("sentence around a word", "he said so and then run");
    row("word and no number", "some files");
    row("word and number", "<1,204 files>");
    row("data with the words of a template", "<<The text \"a is not found.\"> is not found.>");
    row("half a template", "The folder x does not");
    row("template with something before it", "really, <another run>, honestly");
    row("several lines", "<another run>\n<try again later>\n");
}

void TestServiceTexts::partsAreFound()
{
    QFETCH(QString, expected);
    const Marked language;
    QCOMPARE(translatedServiceText(Marked::unmarked(expected)), expected);
}

void TestServiceTexts::errorIsOneLine()
{
    const Error error{ErrorCode::Busy, QStringLiteral("another run"), QStringLiteral("try again later"),
                      QStringLiteral("/work/try again later")};
    QCOMPARE(translatedServiceText(error), error.toString());
    const Marked language;
    QCOMPARE(translatedServiceText(error), QStringLiteral("/work/try again later: <another run> (<try again later>)"));
    QCOMPARE(translatedServiceText(Error{ErrorCode::Busy, QStringLiteral("another run")}),
             QStringLiteral("<another run>"));
}

void TestServiceTexts::everyTemplateIsFound()
{
    const Marked language;
    for (const char *source : serviceTemplates) {
        const QString text = filled(source);
        const QString shown = translatedServiceText(text);
        QCOMPARE(Marked::unmarked(shown), Marked::unmarked(text));
        QVERIFY2(shown.startsWith(u'<') && shown.endsWith(u'>'), qPrintable(shown));
    }
}

void TestServiceTexts::englishStays()
{
    for (const char *source : serviceTemplates) {
        QCOMPARE(translatedServiceText(filled(source)), filled(source));
    }
    setLanguage(QStringLiteral("en"));
    QCOMPARE(translatedServiceText(QStringLiteral("another run")), QStringLiteral("another run"));
    setLanguage(QStringLiteral("de"));
    QVERIFY(translatedServiceText(QStringLiteral("another run")) != QStringLiteral("another run"));
    setLanguage(QStringLiteral("en"));
}

// Whatever a text is made of, only its language changes.
void TestServiceTexts::nothingIsLost()
{
    const Marked language;
    const QList<const char *> all(serviceTemplates.begin(), serviceTemplates.end());
    const QStringList between{
        QStringLiteral(". "), QStringLiteral("; "), QStringLiteral(": "), QStringLiteral(" ("), QStringLiteral(")"),
        QStringLiteral(", "), QStringLiteral("\n"), QStringLiteral(") "), QStringLiteral("\""), QStringLiteral("`"),
        QStringLiteral(" "),  QStringLiteral("x"),  QStringLiteral("%1"), QStringLiteral("ä"),  QString()};
    QRandomGenerator random(42);
    for (int i = 0; i < 2'000; ++i) {
        QString text;
        for (int part = random.bounded(6); part >= 0; --part) {
            QString piece = QString::fromUtf8(all[random.bounded(all.size())]);
            if (random.bounded(3) == 0) {
                piece = piece.left(random.bounded(piece.size()));
            }
            const QString inner = QString::fromUtf8(all[random.bounded(all.size())]);
            text += piece.replace(QStringLiteral("%1"), inner) + between[random.bounded(between.size())];
        }
        text = Marked::unmarked(text);
        QCOMPARE(Marked::unmarked(translatedServiceText(text)), text);
    }
}

void TestServiceTexts::longTextsTakeNoTime_data()
{
    QTest::addColumn<QString>("text");
    const auto row = [](const char *name, const QString &text) {
        QTest::newRow(name) << text;
    };
    row("separators", QStringLiteral("a. b; c: d, (e) ").repeated(4'000));
    row("sentences", QStringLiteral("The folder a does not exist. ").repeated(2'000));
    row("beginnings", QStringLiteral("The folder ").repeated(5'000));
    row("middles", QStringLiteral("x could not be read: ").repeated(3'000));
    row("ends", QStringLiteral(" does not exist.").repeated(4'000));
    row("nested", QStringLiteral("not started: ").repeated(4'000));
    row("many places", QStringLiteral("expected a, found ").repeated(3'000));
    row("brackets", QString(30'000, u'(') + QStringLiteral("is empty") + QString(30'000, u')'));
    row("quotes", QString(60'000, u'"'));
    row("a long list",
        QStringLiteral("Hunk 1 fits in more than one place: lines ") + QStringLiteral("12, ").repeated(9'000)
            + QStringLiteral("3."));
    row("a whole file", QStringLiteral("Permission denied ").repeated(1'000'000));
}

void TestServiceTexts::longTextsTakeNoTime()
{
    QFETCH(QString, text);
    const Marked language;
    translatedServiceText(QStringLiteral("another run")); // the table is made once
    QElapsedTimer timer;
    timer.start();
    const QString shown = translatedServiceText(text);
    QVERIFY2(timer.elapsed() < 2'000, qPrintable(QString::number(timer.elapsed())));
    QCOMPARE(Marked::unmarked(shown), text);
}

void TestServiceTexts::otherScriptsAreKept()
{
    const QString path = QStringLiteral("\u0645\u0644\u0641/\u202Ea\u202C.txt");
    const Test::PseudoLocale language;
    const QString shown = translatedServiceText(path + QStringLiteral(" could not be read: Permission denied."));
    QVERIFY(shown.contains(path));
    QCOMPARE(Test::PseudoLocale::untranslated(shown), QString());
    QCOMPARE(translatedServiceText(QStringLiteral("\u05E9\u05DC\u05D5\u05DD. \u05E2\u05D5\u05DC\u05DD")),
             QStringLiteral("\u05E9\u05DC\u05D5\u05DD. \u05E2\u05D5\u05DC\u05DD"));
}

QTEST_MAIN(TestServiceTexts)
#include "tst_servicetexts.moc"
