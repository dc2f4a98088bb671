#include "app/console.h"

#include <QJsonDocument>
#include <QTest>

#include <cstdio>

using namespace PatchPanel;
using namespace PatchPanel::App;

class TestConsole : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init();
    void cleanup();
    void printsTaggedLinesInOrder();
    void leavesOutWhatIsBelowTheLevel();
    void coloursTagsOnly();
    void colourModes();
    void tellsTheWorkspaceOfARun();
    void tellsTheWorkspaceInJson();

private:
    QByteArray printed();
    std::FILE *m_stream = nullptr;
};

void TestConsole::init()
{
    m_stream = std::tmpfile();
    QVERIFY(m_stream != nullptr);
}

void TestConsole::cleanup()
{
    std::fclose(m_stream);
}

QByteArray TestConsole::printed()
{
    QByteArray text(4096, '\0');
    std::rewind(m_stream);
    text.resize(static_cast<qsizetype>(std::fread(text.data(), 1, static_cast<std::size_t>(text.size()), m_stream)));
    return text;
}

void TestConsole::printsTaggedLinesInOrder()
{
    Log::Store store;
    Console console(store, m_stream, Log::Level::Info, ColorMode::Never);
    store.append({.text = "Runner microservice live"});
    store.append({.tag = "LOCK", .text = "Patch lock acquired"});
    QTRY_COMPARE(printed(), QByteArray("Runner microservice live\n[LOCK] Patch lock acquired\n"));
    store.append({.text = "last"});
    console.flush();
    QVERIFY(printed().endsWith("last\n"));
}

void TestConsole::leavesOutWhatIsBelowTheLevel()
{
    Log::Store store;
    Console console(store, m_stream, Log::Level::Warning, ColorMode::Never);
    store.append({.level = Log::Level::Info, .text = "quiet"});
    store.append({.level = Log::Level::Warning, .text = "loud"});
    console.flush();
    QCOMPARE(printed(), QByteArray("loud\n"));
}

void TestConsole::coloursTagsOnly()
{
    Log::Store store;
    Console console(store, m_stream, Log::Level::Info, ColorMode::Always);
    store.append({.level = Log::Level::Error, .tag = "GIT", .text = "no"});
    console.flush();
    QCOMPARE(printed(), QByteArray("\033[31m[GIT]\033[0m no\n"));
}

void TestConsole::colourModes()
{
    qputenv("NO_COLOR", "1");
    QVERIFY(wantsColor(ColorMode::Always, m_stream));
    QVERIFY(!wantsColor(ColorMode::Never, m_stream));
    QVERIFY(!wantsColor(ColorMode::Auto, m_stream));
    qunsetenv("NO_COLOR");
    QVERIFY(!wantsColor(ColorMode::Auto, m_stream)); // a file is no terminal
}

void TestConsole::tellsTheWorkspaceOfARun()
{
    Log::Store store;
    std::optional<QString> workspace;
    {
        Console console(store, m_stream, Log::Level::Info, ColorMode::Never);
        console.tellWorkspaces(
            [&workspace](const QByteArray &runId) { return runId == "r1" ? workspace : std::nullopt; });
        store.append({.text = "of no run"});
        store.append({.runId = "r1", .tag = "BUILD", .text = "made"});
        store.append({.text = "later"});
        console.flush();
        QCOMPARE(printed(), QByteArray("of no run\n"));
        workspace = QStringLiteral("shop");
        console.flush();
        QCOMPARE(printed(), QByteArray("of no run\nshop | [BUILD] made\nlater\n"));
        store.append({.runId = "r2", .text = "of a run that nobody knows"});
    }
    QVERIFY(printed().endsWith("later\nof a run that nobody knows\n"));
}

void TestConsole::tellsTheWorkspaceInJson()
{
    Log::Store store;
    Console console(store, m_stream, Log::Level::Info, ColorMode::Never, LineFormat::Json);
    console.tellWorkspaces([](const QByteArray &) { return std::optional(QStringLiteral("/w/shop")); });
    store.append({.runId = "r1", .text = "made"});
    store.append({.text = "of no run"});
    console.flush();
    const QList<QByteArray> lines = printed().split('\n');
    QCOMPARE(QJsonDocument::fromJson(lines[0])[QStringLiteral("workspace")].toString(), QStringLiteral("/w/shop"));
    QVERIFY(!QJsonDocument::fromJson(lines[1]).object().contains(QStringLiteral("workspace")));
}

QTEST_GUILESS_MAIN(TestConsole)
#include "tst_console.moc"
