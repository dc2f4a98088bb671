#include "tests/rules/includerules.h"

#include <QDir>
#include <QDirIterator>
#include <QFile>
#include <QTest>

using namespace PatchPanel::Rules;

namespace {

QDir root()
{
    return QDir(QStringLiteral(PP_SOURCE_DIR));
}

QStringList sourceFiles()
{
    QStringList files;
    for (const QString &folder :
         {QStringLiteral("app"), QStringLiteral("services"), QStringLiteral("ui"), QStringLiteral("tests")}) {
        QDirIterator it(root().filePath(folder), {QStringLiteral("*.h"), QStringLiteral("*.cpp")}, QDir::Files,
                        QDirIterator::Subdirectories);
        while (it.hasNext()) {
            files << root().relativeFilePath(it.next());
        }
    }
    files.sort();
    return files;
}

QString contentsOf(const QString &file)
{
    QFile source(root().filePath(file));
    return source.open(QIODevice::ReadOnly) ? QString::fromUtf8(source.readAll()) : QString();
}

std::optional<QString> violationOf(const QString &file, const QString &line)
{
    const QList<Include> includes = includesOf(file, line);
    return includes.size() == 1 ? violation(includes.first()) : std::optional(QStringLiteral("not one #include"));
}

} // namespace

// The layering of the product, held against every #include of the tree, and the rules themselves, held against
// includes that must and must not pass.
class LayeringTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void everyIncludeOfTheTreeIsAllowed()
    {
        const QStringList files = sourceFiles();
        QVERIFY2(files.size() > 20, "the tree was not found");
        QStringList found;
        for (const QString &file : files) {
            for (const Include &include : includesOf(file, contentsOf(file))) {
                if (const auto reason = violation(include)) {
                    found << QStringLiteral("%1:%2: %3: %4")
                                 .arg(include.file, QString::number(include.line), include.target, *reason);
                }
            }
        }
        QVERIFY2(found.isEmpty(), qPrintable(QLatin1Char('\n') + found.join(QLatin1Char('\n'))));
    }

    void everyQuotedIncludeExists()
    {
        for (const QString &file : sourceFiles()) {
            for (const Include &include : includesOf(file, contentsOf(file))) {
                const bool generated = include.target.endsWith(QLatin1String(".moc"))
                    || QFile::exists(root().filePath(include.target + QStringLiteral(".in")));
                QVERIFY2(!include.quoted || generated || QFile::exists(root().filePath(include.target)),
                         qPrintable(file + QStringLiteral(" includes ") + include.target));
            }
        }
    }

    void refuses_data()
    {
        QTest::addColumn<QString>("file");
        QTest::addColumn<QString>("line");
        const auto row = [](const char *name, const char *file, const char *line) {
            QTest::newRow(name) << QString::fromLatin1(file) << QString::fromLatin1(line);
        };
        row("common uses the log", "services/common/a.h", "#include \"services/log/logline.h\"");
        row("log uses the engine", "services/log/a.h", "#include \"services/patch/task.h\"");
        row("engine uses http", "services/patch/a.cpp", "#include \"services/http/client.h\"");
        row("engine uses a socket", "services/patch/a.cpp", "#include <QTcpSocket>");
        row("storage uses the log", "services/storage/a.cpp", "#include \"services/log/logline.h\"");
        row("http uses storage", "services/http/a.cpp", "#include \"services/storage/cache.h\"");
        row("runner uses registry", "services/runner/a.cpp", "#include \"services/registry/registryservice.h\"");
        row("relay uses runner", "services/relay/a.cpp", "#include \"services/runner/runner.h\"");
        row("relay uses the engine", "services/relay/a.cpp", "#include \"services/patch/plan.h\"");
        row("registry uses relay", "services/registry/a.cpp", "#include \"services/relay/relay.h\"");
        row("service uses app", "services/runner/a.cpp", "#include \"app/servicehost.h\"");
        row("service uses ui", "services/runner/a.cpp", "#include \"ui/mainwindow.h\"");
        row("domain class uses QHttpServer", "services/runner/runner.cpp", "#include <QHttpServer>");
        row("app uses QHttpServer", "app/a.cpp", "#include <QtHttpServer/QHttpServer>");
        row("ui uses the engine", "ui/a.cpp", "#include \"services/patch/planner.h\"");
        row("ui uses http", "ui/a.cpp", "#include \"services/http/client.h\"");
        row("ui uses app's internals", "ui/a.cpp", "#include \"app/options.h\"");
        row("widget in a service", "services/log/a.cpp", "#include <QWidget>");
        row("widget by module", "services/log/a.cpp", "#include <QtWidgets/QWidget>");
        row("all widgets", "app/main.cpp", "#include <QtWidgets>");
        row("gui class in app", "app/main.cpp", "#include <QGuiApplication>");
        row("gui class in a test of a service", "tests/services/log/tst_a.cpp", "#include <QColor>");
        row("gui header in lower case", "app/a.cpp", "#include <qpainter.h>");
        row("window in app beside its frontend", "app/frontend_none.cpp", "#include \"ui/mainwindow.h\"");
        row("hiredis in a service", "services/runner/a.cpp", "#include <hiredis/hiredis.h>");
        row("hiredis in app", "app/a.cpp", "#include <hiredis.h>");
        row("SQL in a service", "services/runner/a.cpp", "#include <QSqlDatabase>");
        row("libgit2 outside the engine", "services/runner/a.cpp", "#include <git2.h>");
        row("OpenSSL outside the base layer", "services/patch/a.cpp", "#include <openssl/evp.h>");
        row("PCRE2 outside the engine", "ui/a.cpp", "#include <pcre2.h>");
        row("unknown library", "services/patch/a.cpp", "#include <boost/json.hpp>");
        row("header without its folder", "services/log/a.cpp", "#include \"logline.h\"");
        row("header by a relative path", "services/log/a.cpp", "#include \"../common/result.h\"");
        row("folder without a rule", "services/other/a.cpp", "#include <QString>");
        row("spaces around the hash", "services/common/a.cpp", "  #  include <QWidget>");
    }

    void refuses()
    {
        QFETCH(QString, file);
        QFETCH(QString, line);
        QVERIFY(violationOf(file, line).has_value());
    }

    void allows_data()
    {
        QTest::addColumn<QString>("file");
        QTest::addColumn<QString>("line");
        const auto row = [](const char *name, const char *file, const char *line) {
            QTest::newRow(name) << QString::fromLatin1(file) << QString::fromLatin1(line);
        };
        row("standard header", "services/common/a.h", "#include <optional>");
        row("C header", "services/patch/a.cpp", "#include <cerrno>");
        row("system header", "services/storage/a.cpp", "#include <sys/file.h>");
        row("Qt Core", "services/common/a.h", "#include <QString>");
        row("Qt Core by a name like a module's", "services/http/a.h", "#include <QtGlobal>");
        row("own folder", "services/registry/a.cpp", "#include \"services/registry/lease.h\"");
        row("runner uses the engine", "services/runner/a.cpp", "#include \"services/patch/plan.h\"");
        row("relay uses http", "services/relay/a.cpp", "#include \"services/http/client.h\"");
        row("hiredis in storage", "services/storage/a.cpp", "#include <hiredis/hiredis.h>");
        row("PCRE2 in the engine", "services/patch/a.cpp", "#include <pcre2.h>");
        row("QHttpServer in http", "services/http/a.cpp", "#include <QHttpServer>");
        row("ui shows a plan", "ui/a.cpp", "#include \"services/patch/plan.h\"");
        row("ui uses the host", "ui/a.cpp", "#include \"app/servicehost.h\"");
        row("frontend opens the window", "app/frontend_gui.cpp", "#include \"ui/mainwindow.h\"");
        row("moc of a test", "tests/rules/tst_layering.cpp", "#include \"tst_layering.moc\"");
    }

    void allows()
    {
        QFETCH(QString, file);
        QFETCH(QString, line);
        const auto reason = violationOf(file, line);
        QVERIFY2(!reason, qPrintable(reason.value_or(QString())));
    }

    void allowsWidgetsInTheWindow()
    {
        QVERIFY(!violationOf(QStringLiteral("ui/a.h"), QStringLiteral("#include <QWidget>")));
        QVERIFY(!violationOf(QStringLiteral("tests/ui/tst_a.cpp"), QStringLiteral("#include <QWidget>")));
        QVERIFY(!violationOf(QStringLiteral("app/frontend_gui.cpp"), QStringLiteral("#include <QApplication>")));
    }

    void seesNoIncludeInCommentsAndLiterals()
    {
        const QString text = QStringLiteral("// #include <QWidget>\n"
                                            "/* \n#include <QWidget>\n*/\n"
                                            "auto a = \"#include <QWidget>\";\n"
                                            "auto b = R\"(\n#include <QWidget>\n)\";\n"
                                            "#include <QString>\n");
        const QList<Include> includes = includesOf(QStringLiteral("services/log/a.cpp"), text);
        QCOMPARE(includes.size(), 1);
        QCOMPARE(includes.first().target, QStringLiteral("QString"));
        QCOMPARE(includes.first().line, 9);
    }
};

QTEST_APPLESS_MAIN(LayeringTest)
#include "tst_layering.moc"
