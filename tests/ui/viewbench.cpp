// Measures the window's other views from within, each in a process of its own:
//   viewbench diff LINES   a diff with that many changed lines
//   viewbench json MB      a response of that many megabytes
//   viewbench start NS     the window; NS is the monotonic clock when this process was asked for
// Prints one JSON object of figures, those of QPlainTextEdit and QJsonDocument beside. Ends with 64 for wrong usage.

#include "app/servicehost.h"
#include "services/log/logstore.h"
#include "tests/ui/benchclock.h"
#include "ui/mainwindow.h"
#include "ui/panels/responsepanel.h"
#include "ui/views/diffcolumn.h"
#include "ui/views/difffind.h"
#include "ui/views/diffview.h"
#include "ui/views/jsonview.h"
#include "ui/views/textview.h"

#include <QApplication>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QPlainTextEdit>
#include <QSettings>
#include <QTemporaryDir>
#include <QTreeView>

#include <cstdio>

using namespace PatchPanel;
using namespace PatchPanel::Test;

namespace {

// Hunks of five lines that change, between lines that stay.
QString diffOf(int changedLines)
{
    QString diff;
    for (int changed = 0, at = 1; changed < changedLines; changed += 10, at += 40) {
        diff += QStringLiteral("@@ -%1,11 +%1,11 @@ void section%1()\n").arg(at);
        const auto put = [&](QChar mark, int line, const char *what) {
            diff += mark
                + QStringLiteral("    auto value%1 = settings.value(\"key%1\", %2); // as the task says\n")
                      .arg(at + line)
                      .arg(QLatin1String(what));
        };
        for (int line = 0; line < 3; ++line) {
            put(QLatin1Char(' '), line, "same");
        }
        for (int line = 3; line < 8; ++line) {
            put(QLatin1Char('-'), line, "oldDefault");
        }
        for (int line = 3; line < 8; ++line) {
            put(QLatin1Char('+'), line, "newDefault");
        }
        for (int line = 8; line < 11; ++line) {
            put(QLatin1Char(' '), line, "same");
        }
    }
    return diff;
}

QByteArray jsonOf(qsizetype bytes)
{
    QByteArray json = "{\"status\":\"ok\",\"runs\":[";
    for (qsizetype i = 0; json.size() < bytes; ++i) {
        const QByteArray number = QByteArray::number(i);
        json += "{\"runId\":\"run-" + number + "\",\"durationMs\":" + number
            + ",\"steps\":[{\"phase\":\"build\",\"state\":\"passed\",\"output\":\"[ 41%] Building CXX object src/file"
            + number + ".cpp.o\\n\"},{\"phase\":\"test\",\"state\":null,\"ok\":true}]},";
    }
    json.back() = ']';
    return json + '}';
}

double plainTextMs(const QString &text)
{
    QPlainTextEdit edit;
    edit.setReadOnly(true);
    edit.setLineWrapMode(QPlainTextEdit::NoWrap);
    showForMeasuring(edit);
    QElapsedTimer timer;
    timer.start();
    edit.setPlainText(text);
    edit.viewport()->repaint();
    return milliseconds(timer);
}

QJsonObject diffFigures(int lines)
{
    const QString diff = diffOf(lines);
    QJsonObject figures{{QStringLiteral("plainTextMs"), plainTextMs(diff)}};
    Ui::DiffView view;
    showForMeasuring(view);
    const BlockWatch watch;
    const double before = processorMs(CLOCK_PROCESS_CPUTIME_ID);
    QElapsedTimer timer;
    timer.start();
    view.setDiff(diff);
    waitMs([&view] { return view.rows() != nullptr; });
    view.column()->viewport()->repaint();
    figures[QStringLiteral("firstScreenMs")] = milliseconds(timer);
    figures[QStringLiteral("firstScreenCpuMs")] = processorMs(CLOCK_PROCESS_CPUTIME_ID) - before;

    timer.start();
    view.setSideBySide(true);
    waitMs([&view] { return !view.isLoading(); });
    view.column()->viewport()->repaint();
    view.oldColumn()->viewport()->repaint();
    figures[QStringLiteral("sideBySideMs")] = milliseconds(timer);
    for (int i = 0; i < 200; ++i) {
        view.showNextChange();
        QCoreApplication::processEvents();
    }
    Ui::LineFinder &finder = view.find()->finder();
    finder.start(QStringLiteral("DEFAULT"), Ui::LineFinder::Plain);
    figures[QStringLiteral("findTotalMs")] = waitMs([&finder] { return finder.isDone(); });
    figures[QStringLiteral("matches")] = static_cast<double>(finder.matchCount());
    for (int i = 0; i < 20; ++i) {
        finder.previous(view.find()->firstVisibleLine());
        QCoreApplication::processEvents();
    }
    view.setHideWhitespace(true);
    waitMs([&view] { return !view.isLoading(); });
    figures[QStringLiteral("rows")] = static_cast<double>(view.rows()->rows.size());
    figures[QStringLiteral("longestBlockMs")] = watch.longest();
    figures[QStringLiteral("longestBlockCpuMs")] = watch.longestCpu();
    return figures;
}

QJsonObject jsonFigures(int megabytes)
{
    Relay::RunOutcome outcome;
    outcome.body = jsonOf(qsizetype{megabytes} * 1'000'000);
    QJsonObject figures;
    const double beforeQt = processorMs(CLOCK_PROCESS_CPUTIME_ID);
    QElapsedTimer timer;
    timer.start();
    figures[QStringLiteral("qtDocumentIsValid")] = !QJsonDocument::fromJson(outcome.body).isNull();
    figures[QStringLiteral("qtDocumentMs")] = milliseconds(timer);
    figures[QStringLiteral("qtDocumentCpuMs")] = processorMs(CLOCK_PROCESS_CPUTIME_ID) - beforeQt;
    constexpr qsizetype plainTextBytes = 5'000'000;
    figures[QStringLiteral("plainText5MbMs")] =
        plainTextMs(QString::fromUtf8(QJsonDocument::fromJson(jsonOf(plainTextBytes)).toJson(QJsonDocument::Indented)));

    Ui::ResponsePanel panel;
    showForMeasuring(panel);
    Ui::JsonView *view = panel.view();
    const BlockWatch watch;
    const double before = processorMs(CLOCK_PROCESS_CPUTIME_ID);
    timer.start();
    panel.showOutcome(outcome);
    waitMs([view] { return view->rawView()->lineCount() > 0; });
    view->rawView()->viewport()->repaint();
    figures[QStringLiteral("firstScreenMs")] = milliseconds(timer);
    waitMs([view] { return !view->isLoading(); });
    figures[QStringLiteral("treeMs")] = milliseconds(timer);
    figures[QStringLiteral("textAndTreeCpuMs")] = processorMs(CLOCK_PROCESS_CPUTIME_ID) - before;

    view->setMode(Ui::JsonView::Mode::Tree);
    view->expandAll();
    waitMs([view] { return view->treeView()->isExpanded(view->treeView()->model()->index(1, 0)); });
    for (int i = 0; i < 20; ++i) {
        QCoreApplication::processEvents();
    }
    view->setKeyFilter(QStringLiteral("phase"));
    waitMs([view] { return !view->note().isEmpty() && view->note().contains(QLatin1String("match")); });
    QCoreApplication::processEvents();
    view->setMode(Ui::JsonView::Mode::Raw);
    Ui::LineFinder &finder = view->rawView()->finder();
    finder.start(QStringLiteral("PASSED"), Ui::LineFinder::Plain);
    figures[QStringLiteral("findTotalMs")] = waitMs([&finder] { return finder.isDone(); });
    figures[QStringLiteral("matches")] = static_cast<double>(finder.matchCount());
    figures[QStringLiteral("longestBlockMs")] = watch.longest();
    figures[QStringLiteral("longestBlockCpuMs")] = watch.longestCpu();
    return figures;
}

QJsonObject startFigures(double askedMs)
{
    const QTemporaryDir folder;
    QSettings::setPath(QSettings::IniFormat, QSettings::UserScope, folder.path());
    Log::Store log;
    App::ServiceHost host(
        App::HostOptions{.registryPort = 0, .runnerPort = 0, .workspace = folder.path(), .token = "t"}, log);
    Ui::MainWindow window(host, Ui::WindowOptions{.workspace = folder.path()});
    window.show();
    waitMs([&window] { return QTest::qWaitForWindowExposed(&window, 50); });
    window.repaint();
    bool isTurn = false; // of a timer: what was waiting before it is done
    QTimer::singleShot(0, &window, [&isTurn] { isTurn = true; });
    waitMs([&isTurn] { return isTurn; });
    const double usable = processorMs(CLOCK_MONOTONIC) - askedMs;
    const double used = processorMs(CLOCK_PROCESS_CPUTIME_ID);
    waitMs([&host] { return host.isReady(); });
    return {{QStringLiteral("usableMs"), usable},
            {QStringLiteral("usableCpuMs"), used},
            {QStringLiteral("readyMs"), processorMs(CLOCK_MONOTONIC) - askedMs}};
}

} // namespace

int main(int argc, char **argv)
{
    const QApplication application(argc, argv);
    const QStringList arguments = QCoreApplication::arguments();
    const double amount = arguments.size() == 3 ? arguments.at(2).toDouble() : 0;
    const QString verb = arguments.value(1);
    QJsonObject figures;
    if (amount <= 0) {
    } else if (verb == QLatin1String("diff")) {
        figures = diffFigures(static_cast<int>(amount));
    } else if (verb == QLatin1String("json")) {
        figures = jsonFigures(static_cast<int>(amount));
    } else if (verb == QLatin1String("start")) {
        figures = startFigures(amount / 1e6);
    }
    if (figures.isEmpty()) {
        std::fputs("usage: viewbench diff LINES, viewbench json MEGABYTES, or viewbench start NANOSECONDS\n", stderr);
        return 64;
    }
    figures[QStringLiteral("longestAllowedMs")] = longestBlockMs();
    std::fputs(QJsonDocument(figures).toJson(QJsonDocument::Compact).constData(), stdout);
    return 0;
}
