#include "tests/ui/desk.h"
#include "ui/desktop/aboutdialog.h"
#include "ui/models/diagnostics.h"
#include "ui/style/appearance.h"

#include <QAction>
#include <QClipboard>
#include <QGuiApplication>
#include <QLabel>
#include <QRegularExpression>

#include <algorithm>

using namespace PatchPanel;
using namespace PatchPanel::Ui;
using PatchPanel::Test::Desk;

class TestAboutDialog : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void saysWhatThisIs_data();
    void saysWhatThisIs();
};

void TestAboutDialog::saysWhatThisIs_data()
{
    QTest::addColumn<Theme>("theme");
    QTest::newRow("light") << Theme::Light;
    QTest::newRow("dark") << Theme::Dark;
}

void TestAboutDialog::saysWhatThisIs()
{
    QFETCH(Theme, theme);
    const Desk desk(theme);
    for (QAction *action : desk.window->findChildren<QAction *>()) {
        if (action->text() == QStringLiteral("&About PatchPanel")) {
            action->trigger();
        }
    }
    const auto *dialog = desk.window->findChild<AboutDialog *>();
    QVERIFY(dialog);
    QString text;
    for (const QLabel *label : dialog->findChildren<QLabel *>()) {
        text += label->text() + u'\n';
    }
    QVERIFY(text.contains(QStringLiteral("Version " PATCHPANEL_VERSION)));
    QVERIFY(text.contains(QLatin1String(qVersion())));
    QVERIFY(text.contains(QStringLiteral("LGPL-3.0")) && text.contains(QStringLiteral("hiredis")));
    static const QRegularExpression commit(QStringLiteral("^([0-9a-f]{7,}\\+?)?$"));
    QVERIFY2(commit.match(commitName()).hasMatch(), qPrintable(commitName()));
    Test::keepScreenshot(*dialog, QStringLiteral("about-") + QLatin1String(QTest::currentDataTag()));
    const QList<QPushButton *> buttons = dialog->findChildren<QPushButton *>();
    const auto copy = std::find_if(buttons.begin(), buttons.end(),
                                   [](const QPushButton *b) { return b->text() == QStringLiteral("Copy Details"); });
    QVERIFY(copy != buttons.end());
    (*copy)->click();
    QCOMPARE(QGuiApplication::clipboard()->text(), buildDetails());
}

QTEST_MAIN(TestAboutDialog)
#include "tst_aboutdialog.moc"
