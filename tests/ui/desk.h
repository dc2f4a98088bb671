#pragma once

#include "app/servicehost.h"
#include "services/log/logwriter.h"
#include "tests/support/gitworkspace.h"
#include "tests/ui/benchclock.h"
#include "ui/mainwindow.h"
#include "ui/panels/banner.h"

#include <QAction>
#include <QMenu>
#include <QMessageBox>
#include <QPushButton>
#include <QSettings>
#include <QSplitter>
#include <QTest>

#include <algorithm>
#include <functional>
#include <memory>
#include <optional>

namespace PatchPanel::Test {

inline const QByteArray goodTask = R"({
    "schemaVersion": 1, "id": "fix-42", "title": "Start checks its result",
    "mutations": [
        {"op": "create", "path": "src/queue.hpp", "contents": "#pragma once\n\n// Runs wait here.\nclass Queue;\n"},
        {"op": "replace", "path": "src/app.cpp", "find": "    start(config);\n",
         "replace": "    if (!start(config)) {\n        log(\"start failed\");\n    }\n"}],
    "pre": {"shell": ["test -f src/app.cpp"]},
    "build": {"shell": ["for i in 1 2 3 4 5; do echo \"[ $((i * 20))%] Building CXX object src/file$i.cpp.o\"; done"]},
    "validate": {"shell": ["grep -q queue src/queue.hpp || grep -q Queue src/queue.hpp"]},
    "git": {"commit": "Start checks its result"}
})";

inline const QByteArray failingTask = R"({
    "schemaVersion": 1, "id": "bad-gate", "title": "Its gate fails",
    "mutations": [{"op": "create", "path": "new.txt", "contents": "new\n"}],
    "validate": {"shell": ["echo 'check: 1 of 12 failed' >&2; exit 3"]}
})";

inline const QByteArray slowTask = R"({
    "schemaVersion": 1, "id": "slow", "title": "Takes its time",
    "mutations": [{"op": "create", "path": "slow.txt", "contents": "new\n"}],
    "build": {"shell": ["echo building; sleep 60"]}
})";

inline const QByteArray invalidTask = R"({"schemaVersion": 1, "mutations": [{"op": "explode", "path": "a"}]})";

// An entry of a menu by its text without mnemonics; null: there is none.
inline QAction *actionNamed(const QWidget &window, const QString &text)
{
    const QList<QAction *> actions = window.findChildren<QAction *>();
    const auto found = std::find_if(actions.begin(), actions.end(),
                                    [&text](const QAction *a) { return !a->menu() && a->text().remove(u'&') == text; });
    return found == actions.end() ? nullptr : *found;
}

// Moves the handle between two columns to the right, by so many pixels, with the mouse.
inline void dragHandle(QSplitterHandle *handle, int pixels)
{
    QTest::mousePress(handle, Qt::LeftButton, {}, QPoint(0, 50));
    QTest::mouseMove(handle, QPoint(pixels, 50));
    QTest::mouseRelease(handle, Qt::LeftButton, {}, QPoint(0, 50));
}

// A window over real services and a real repository. From its first task on the test fails when the window's thread
// works for longer than 50 ms without looking for events: what takes long belongs on other threads.
class Desk {
public:
    // `change` may say how the services are started.
    explicit Desk(Ui::Theme theme = Ui::Theme::Light, const std::function<void(App::HostOptions &)> &change = {})
    {
        QSettings::setPath(QSettings::IniFormat, QSettings::UserScope, settings.path());
        space.write(QStringLiteral("src/app.cpp"),
                    "#include \"app.h\"\n\nvoid App::start()\n{\n    auto config = load();\n    start(config);\n"
                    "    listen();\n}\n\nvoid App::stop()\n{\n}\n");
        space.write(QStringLiteral("tasks/fix-42.json"), goodTask);
        space.write(QStringLiteral("tasks/bad-gate.json"), failingTask);
        space.write(QStringLiteral("tasks/slow.json"), slowTask);
        space.write(QStringLiteral("tasks/invalid.json"), invalidTask);
        space.commitAll();
        App::HostOptions options{.registryPort = 0,
                                 .runnerPort = 0,
                                 .workspace = space.path(),
                                 .stateFolder = settings.filePath(QStringLiteral("state")),
                                 .token = "test-token",
                                 .watch = true};
        if (change) {
            change(options);
        }
        host = std::make_unique<App::ServiceHost>(options, log);
        window = std::make_unique<Ui::MainWindow>(*host, Ui::WindowOptions{.workspace = space.path(), .theme = theme});
        window->show();
    }

    ~Desk()
    {
        const bool isWatched =
            m_watch && QTest::currentTestFunction() && !qEnvironmentVariableIsSet("PATCHPANEL_SCREENSHOTS");
        if (isWatched && m_watch->longestCpu() > longestBlockMs()) {
            const QString block = QStringLiteral("a block of %1 ms").arg(m_watch->longestCpu());
            QTest::qFail(qPrintable(block), __FILE__, __LINE__);
        }
    }

    bool openReady(const char *task)
    {
        window->openTask(space.absolute(QLatin1String(task)));
        const bool isReady = QTest::qWaitFor([this] { return run()->isEnabled(); }, 20'000);
        if (!m_watch) {
            m_watch.emplace();
        }
        return isReady;
    }

    QPushButton *run() const { return window->findChild<QPushButton *>(QStringLiteral("runButton")); }
    void press(const QString &text) const
    {
        for (QPushButton *button : window->findChildren<QPushButton *>()) {
            if (button->text() == text && button->isVisible()) {
                QTest::mouseClick(button, Qt::LeftButton);
            }
        }
    }
    bool ended() const { return run()->text().startsWith(QStringLiteral("Run patch")); }
    // Chooses it as from the menu; its text without mnemonics.
    void choose(const QString &text) const
    {
        for (QAction *action : window->findChildren<QAction *>()) {
            if (action->text().remove(u'&') == text && action->isEnabled()) {
                action->trigger();
                return;
            }
        }
        qFatal("nothing can be chosen that is called %s", qPrintable(text));
    }
    // Presses a button of the question that the window asks.
    bool answer(const QString &text) const
    {
        for (const QMessageBox *box : window->findChildren<QMessageBox *>()) {
            for (QPushButton *button : box->findChildren<QPushButton *>()) {
                if (button->text() == text) {
                    button->click();
                    return true;
                }
            }
        }
        return false;
    }
    bool runToEnd()
    {
        QTest::mouseClick(run(), Qt::LeftButton);
        return QTest::qWaitFor([this] { return !ended(); }, 20'000)
            && QTest::qWaitFor([this] { return ended(); }, 60'000);
    }

    bool says(const QString &text) const
    {
        for (const Ui::Banner *banner : window->findChildren<Ui::Banner *>()) {
            if (!banner->isHidden() && banner->text().contains(text)) {
                return true;
            }
        }
        return false;
    }

    QTemporaryDir settings; // and the state
    GitWorkspace space;
    Log::Store log{Log::Keeping{.folder = settings.path()}};
    std::unique_ptr<App::ServiceHost> host;
    std::unique_ptr<Ui::MainWindow> window;

private:
    std::optional<BlockWatch> m_watch;
};

// Kept for looking at when PATCHPANEL_SCREENSHOTS names a folder; the window also at its least size, NAME-narrow.
inline void keepScreenshot(const QWidget &window, const QString &name)
{
    const QString folder = qEnvironmentVariable("PATCHPANEL_SCREENSHOTS");
    if (folder.isEmpty()) {
        return;
    }
    auto &shown = const_cast<QWidget &>(window);
    const auto keep = [&](const QString &fileName) {
        QTest::qWait(60); // layouts and the log settle
        shown.grab().save(QStringLiteral("%1/%2.png").arg(folder, fileName));
    };
    keep(name);
    if (qobject_cast<const Ui::MainWindow *>(&window)) {
        const QSize size = window.size();
        shown.resize(window.minimumSize());
        keep(name + QStringLiteral("-narrow"));
        shown.resize(size);
        QTest::qWait(60);
    }
}

} // namespace PatchPanel::Test
