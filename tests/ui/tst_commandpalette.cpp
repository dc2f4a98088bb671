#include "tests/ui/desk.h"
#include "ui/desktop/commandpalette.h"
#include "ui/desktop/shortcutsdialog.h"
#include "ui/models/actionlist.h"
#include "ui/models/commandsmodel.h"

#include <QAction>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QMenu>
#include <QScrollArea>
#include <QShortcut>
#include <QTabWidget>

#include <algorithm>

using namespace PatchPanel;
using namespace PatchPanel::Ui;
using PatchPanel::Test::Desk;

namespace {

QStringList textsOf(const QAbstractItemModel &model)
{
    QStringList texts;
    for (int row = 0; row < model.rowCount(); ++row) {
        texts.append(model.index(row, 0).data().toString());
    }
    return texts;
}

// Without a window manager nobody activates the window below when another one closes.
bool activate(QWidget &window)
{
    QCoreApplication::processEvents();
    if (!window.isActiveWindow()) {
        window.activateWindow();
    }
    return QTest::qWaitForWindowActive(&window);
}

// The palette of an open window, as the keyboard meets it.
struct Opened {
    explicit Opened(const Desk &desk, Qt::KeyboardModifiers modifiers = Qt::ControlModifier, Qt::Key key = Qt::Key_K)
    {
        QVERIFY(activate(*desk.window));
        QTest::keyClick(desk.window.get(), key, modifiers);
        palette = desk.window->findChild<CommandPalette *>();
        if (palette && QTest::qWaitFor([this] { return palette->isActiveWindow(); })) {
            typed = palette->findChild<QLineEdit *>();
            list = palette->findChild<QListView *>();
        }
    }

    void type(const QString &text) const { QTest::keyClicks(typed, text); }
    void press(Qt::Key key) const { QTest::keyClick(typed, key); }
    QString current() const { return list->currentIndex().data().toString(); }
    QVariant current(CommandsModel::Role role) const { return list->currentIndex().data(role); }

    QPointer<CommandPalette> palette;
    QLineEdit *typed = nullptr;
    QListView *list = nullptr;
};

} // namespace

class TestCommandPalette : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init();
    void everyActionIsInIt();
    void eachActionIsInItOnce();
    void shortcutsAreUnique();
    void lettersFindAndReturnActs();
    void arrowsMoveWhileTheTextIsTyped();
    void whatCannotBeDoneSaysWhy();
    void recentTasksAreInIt();
    void nothingFits();
    void escapeAndAnotherWindowCloseIt();
    void shortcutsDialogShowsThemAll();
    void looks_data();
    void looks();
};

void TestCommandPalette::init()
{
    QTest::failOnWarning(QRegularExpression(QStringLiteral("^(?!QStandardPaths|This plugin)")));
}

void TestCommandPalette::everyActionIsInIt()
{
    const Desk desk;
    const QList<ListedAction> listed = listActions(*desk.window);
    QStringList missing;
    for (const QAction *action : desk.window->findChildren<QAction *>()) {
        const bool isText = action->isVisible() && !action->text().isEmpty() && !action->isSeparator()
            && !action->menu() && !qobject_cast<QLineEdit *>(action->parent());
        const bool found = std::any_of(listed.begin(), listed.end(),
                                       [action](const ListedAction &known) { return known.action == action; });
        if (isText && !found) {
            missing.append(action->text());
        }
    }
    QCOMPARE(missing, QStringList());
    QVERIFY(listed.size() > 30);
    const Opened opened(desk);
    QVERIFY(opened.list);
    QCOMPARE(opened.list->model()->rowCount(), listed.size());
    QVERIFY(textsOf(*opened.list->model()).contains(QStringLiteral("Theme › Dark")));
}

// Two rows that read alike could not be told apart.
void TestCommandPalette::eachActionIsInItOnce()
{
    const Desk desk;
    QHash<QString, int> rows;
    int rollBack = 0;
    for (const ListedAction &listed : listActions(*desk.window)) {
        const QString row = QStringLiteral("%1 [%2]").arg(listed.text, listed.group);
        QVERIFY2(++rows[row] == 1, qPrintable(row));
        rollBack += listed.text == QStringLiteral("Roll Back…") ? 1 : 0;
    }
    QCOMPARE(rollBack, 1);
}

void TestCommandPalette::shortcutsAreUnique()
{
    const Desk desk;
    QHash<QString, QStringList> users;
    for (const QAction *action : desk.window->findChildren<QAction *>()) {
        for (const QKeySequence &key : action->shortcuts()) {
            users[key.toString()].append(action->text());
        }
    }
    for (const QShortcut *shortcut : desk.window->findChildren<QShortcut *>()) {
        if (shortcut->context() == Qt::WindowShortcut || shortcut->context() == Qt::ApplicationShortcut) {
            users[shortcut->key().toString()].append(shortcut->objectName() + QStringLiteral(" (shortcut)"));
        }
    }
    QVERIFY(users.size() > 20);
    for (auto user = users.cbegin(); user != users.cend(); ++user) {
        QVERIFY2(user->size() == 1, qPrintable(user.key() + QStringLiteral(": ") + user->join(QStringLiteral(", "))));
    }
}

void TestCommandPalette::lettersFindAndReturnActs()
{
    const Desk desk;
    const Opened opened(desk);
    QVERIFY(opened.typed);
    opened.type(QStringLiteral("hist"));
    QCOMPARE(opened.current(), QStringLiteral("History"));
    QCOMPARE(opened.current(CommandsModel::GroupRole).toString(), QStringLiteral("View"));
    QCOMPARE(opened.current(CommandsModel::ShortcutRole).toString(), QStringLiteral("Ctrl+3"));
    opened.press(Qt::Key_Return);
    QTRY_COMPARE(desk.window->findChild<QTabWidget *>()->currentIndex(), 2);
    QTRY_VERIFY(!opened.palette);
}

void TestCommandPalette::arrowsMoveWhileTheTextIsTyped()
{
    const Desk desk;
    const Opened opened(desk, Qt::ControlModifier | Qt::ShiftModifier, Qt::Key_P);
    QVERIFY(opened.typed);
    const QStringList all = textsOf(*opened.list->model());
    QCOMPARE(opened.current(), all.at(0));
    opened.press(Qt::Key_Down);
    opened.press(Qt::Key_Down);
    QCOMPARE(opened.current(), all.at(2));
    opened.press(Qt::Key_Up);
    QCOMPARE(opened.current(), all.at(1));
    opened.press(Qt::Key_PageDown);
    QVERIFY(all.indexOf(opened.current()) > 6);
    QVERIFY(opened.typed->hasFocus());
}

void TestCommandPalette::whatCannotBeDoneSaysWhy()
{
    const Desk desk;
    const Opened opened(desk);
    QVERIFY(opened.typed);
    opened.type(QStringLiteral("copy as command"));
    QCOMPARE(opened.current(), QStringLiteral("Copy as Command Line"));
    QVERIFY(!opened.current(CommandsModel::AvailableRole).toBool());
    QCOMPARE(opened.current(CommandsModel::WhyNotRole).toString(), QStringLiteral("No task is chosen"));
    QCOMPARE(opened.list->currentIndex().data(Qt::AccessibleTextRole).toString(),
             QStringLiteral("Copy as Command Line, not available: No task is chosen"));
    opened.press(Qt::Key_Return);
    QCoreApplication::processEvents();
    QVERIFY(opened.palette && opened.palette->isVisible()); // nothing was done, so nothing was closed
}

void TestCommandPalette::recentTasksAreInIt()
{
    Desk desk;
    QVERIFY(desk.openReady("tasks/fix-42.json"));
    QVERIFY(desk.openReady("tasks/slow.json"));
    const Opened opened(desk);
    QVERIFY(opened.typed);
    opened.type(QStringLiteral("recent fix-42"));
    QVERIFY(opened.current().endsWith(QStringLiteral("fix-42.json")));
    opened.press(Qt::Key_Return);
    QTRY_VERIFY(desk.window->windowTitle().contains(QStringLiteral("fix-42.json")));
}

void TestCommandPalette::nothingFits()
{
    const Desk desk;
    const Opened opened(desk);
    QVERIFY(opened.typed);
    opened.type(QStringLiteral("zzqx"));
    QVERIFY(!opened.list->isVisible());
    const QList<QLabel *> labels = opened.palette->findChildren<QLabel *>();
    QVERIFY(std::any_of(labels.begin(), labels.end(), [](const QLabel *label) {
        return label->isVisible() && label->text() == QStringLiteral("No command has these letters");
    }));
    opened.press(Qt::Key_Return);
    QVERIFY(opened.palette->isVisible());
    opened.typed->clear();
    QVERIFY(opened.list->isVisible());
}

void TestCommandPalette::escapeAndAnotherWindowCloseIt()
{
    const Desk desk;
    const Opened first(desk);
    QVERIFY(first.typed);
    first.press(Qt::Key_Escape);
    QTRY_VERIFY(!first.palette);
    const Opened second(desk);
    QVERIFY(second.typed);
    QVERIFY(activate(*desk.window));
    QTRY_VERIFY(!second.palette);
}

void TestCommandPalette::shortcutsDialogShowsThemAll()
{
    const Desk desk;
    QVERIFY(activate(*desk.window));
    QTest::keyClick(desk.window.get(), Qt::Key_F1);
    auto *dialog = desk.window->findChild<ShortcutsDialog *>();
    QVERIFY(dialog);
    QVERIFY(dialog->findChild<QScrollArea *>());
    QStringList shown;
    for (const QLabel *label : dialog->findChildren<QLabel *>()) {
        shown.append(label->text());
    }
    for (const ListedAction &listed : listActions(*desk.window)) {
        if (!listed.shortcut.isEmpty()) {
            QVERIFY2(shown.contains(listed.text), qPrintable(listed.text));
            for (const QKeySequence &key : listed.action->shortcuts()) {
                QVERIFY2(shown.contains(key.toString(QKeySequence::NativeText)), qPrintable(listed.text));
            }
        }
    }
    QVERIFY(shown.contains(QStringLiteral("LOG"))); // a group's heading
    QTest::keyClick(dialog, Qt::Key_Escape);
    QTRY_VERIFY(!desk.window->findChild<ShortcutsDialog *>());
}

void TestCommandPalette::looks_data()
{
    QTest::addColumn<Theme>("theme");
    QTest::newRow("light") << Theme::Light;
    QTest::newRow("dark") << Theme::Dark;
}

void TestCommandPalette::looks()
{
    QFETCH(Theme, theme);
    const QString name = QString::fromLatin1(QTest::currentDataTag());
    Desk desk(theme);
    QVERIFY(desk.openReady("tasks/fix-42.json"));
    Opened opened(desk);
    QVERIFY(opened.typed);
    Test::keepScreenshot(*opened.palette, QStringLiteral("palette-") + name);
    opened.type(QStringLiteral("ro"));
    Test::keepScreenshot(*opened.palette, QStringLiteral("palette-typed-") + name);
    opened.press(Qt::Key_Escape);
    QVERIFY(activate(*desk.window));
    QTest::keyClick(desk.window.get(), Qt::Key_F1);
    auto *dialog = desk.window->findChild<ShortcutsDialog *>();
    QVERIFY(dialog);
    Test::keepScreenshot(*dialog, QStringLiteral("shortcuts-") + name);
    QVERIFY(dialog->width() <= desk.window->width() && dialog->height() <= desk.window->height());
}

QTEST_MAIN(TestCommandPalette)
#include "tst_commandpalette.moc"
