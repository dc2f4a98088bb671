// Measures the whole window during one run, from within:
//   runbench run LINES     runs a task whose build prints that many lines of tests/ui/hostilelog.h; the log is
//   followed,
//                          searched and filtered meanwhile, saved and copied after it
//   runbench print LINES   is that build
// "run" prints one JSON object of figures. Ends with 64 for wrong usage, with 1 when the run does not succeed.

#include "tests/ui/benchclock.h"
#include "tests/ui/desk.h"
#include "tests/ui/hostilelog.h"
#include "ui/models/logsaver.h"
#include "ui/models/runsession.h"
#include "ui/panels/logpanel.h"
#include "ui/views/logview.h"

#include <QApplication>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include <cstdio>

using namespace PatchPanel;
using namespace PatchPanel::Test;

namespace {

constexpr int patienceMs = 900'000; // for the whole run

qsizetype hugeEach(qsizetype lines)
{
    return std::max<qsizetype>(1, lines / 200);
}

void print(qsizetype lines)
{
    for (qsizetype i = 0; i < lines; ++i) {
        const QByteArray line = hostileLine(i, hugeEach(lines)) + '\n';
        std::fwrite(line.constData(), 1, static_cast<std::size_t>(line.size()), stdout);
    }
}

QByteArray taskThatPrints(qsizetype lines)
{
    const QString command =
        QStringLiteral("'%1' print %2").arg(QCoreApplication::applicationFilePath(), QString::number(lines));
    QJsonObject task = QJsonDocument::fromJson(slowTask).object();
    task[QStringLiteral("build")] = QJsonObject{{QStringLiteral("shell"), QJsonArray{command}}};
    return QJsonDocument(task).toJson();
}

// Empty: the run did not succeed.
QJsonObject runFigures(qsizetype lines)
{
    Desk desk(Ui::Theme::Dark);
    desk.space.write(QStringLiteral("tasks/hostile.json"), taskThatPrints(lines));
    if (!desk.openReady("tasks/hostile.json")) {
        return {};
    }
    Ui::LogView &view = *desk.window->findChild<Ui::LogPanel *>()->view();
    const auto *session = desk.window->findChild<Ui::RunSession *>();
    QString status; // empty: it runs
    QObject::connect(session, &Ui::RunSession::runFinished, &view,
                     [&status](const Relay::RunOutcome &outcome) { status = toString(outcome.status); });
    QJsonObject figures;
    qint64 mostMemory = 0;
    const auto phase = [&](const QString &name, const auto &condition) {
        const BlockWatch watch;
        const double ms = waitMs(
            [&] {
                mostMemory = std::max(mostMemory, desk.log.memoryUsed());
                return condition();
            },
            patienceMs);
        figures[name + QStringLiteral("Ms")] = ms;
        figures[name + QStringLiteral("BlockMs")] = watch.longest();
        figures[name + QStringLiteral("BlockCpuMs")] = watch.longestCpu();
    };
    QElapsedTimer timer;
    timer.start();
    desk.run()->click();
    phase(QStringLiteral("follow"), [&] { return desk.log.size() > lines / 2; });
    view.finder().start(QStringLiteral("needle"), Ui::LineFinder::Plain);
    view.finder().next(0);
    phase(QStringLiteral("find"), [&] { return !status.isEmpty() && view.finder().isDone(); });
    figures[QStringLiteral("linesPerSecond")] = static_cast<double>(lines) / milliseconds(timer) * 1000;
    if (status != QLatin1String("ok")) {
        return {};
    }
    const qsizetype needles = needlesBefore(lines, hugeEach(lines));
    figures[QStringLiteral("wrongMatches")] = static_cast<double>(view.finder().matchCount() - needles);
    view.setFilter({.pattern = QStringLiteral("needle")});
    phase(QStringLiteral("filter"), [&] { return view.isComplete(); });
    figures[QStringLiteral("wrongRows")] = static_cast<double>(view.lineCount() - needles);
    view.setFilter({});
    view.finder().start({}, {});
    phase(QStringLiteral("whole"), [&] { return view.isComplete(); });
    Ui::LogSaver saver(desk.log);
    bool isSaved = false;
    const qsizetype shown = view.lineCount(); // the services go on
    QObject::connect(&saver, &Ui::LogSaver::saved, &view, [&](const QString &, qsizetype written) {
        isSaved = true;
        figures[QStringLiteral("unsaved")] = static_cast<double>(shown - written);
    });
    saver.save(view.shownLines(true), desk.settings.filePath(QStringLiteral("hostile.log")));
    phase(QStringLiteral("save"), [&] { return isSaved || !saver.isSaving(); });
    view.selectAll();
    view.copy();
    phase(QStringLiteral("copy"), [&] { return !view.copier().isCopying(); });
    figures[QStringLiteral("lines")] = static_cast<double>(desk.log.size());
    figures[QStringLiteral("dropped")] = static_cast<double>(desk.log.dropped());
    figures[QStringLiteral("memoryMiB")] = static_cast<double>(mostMemory) / (1 << 20);
    return figures;
}

} // namespace

int main(int argc, char **argv)
{
    const QString verb = QString::fromLocal8Bit(argc > 1 ? argv[1] : "");
    const qsizetype lines = argc == 3 ? QByteArray(argv[2]).toLongLong() : 0;
    if (lines > 0 && verb == QLatin1String("print")) {
        print(lines);
        return 0;
    }
    if (lines <= 0 || verb != QLatin1String("run")) {
        std::fputs("usage: runbench run LINES, or runbench print LINES\n", stderr);
        return 64;
    }
    const QApplication application(argc, argv);
    QJsonObject figures = runFigures(lines);
    if (!figures.isEmpty()) {
        figures[QStringLiteral("longestAllowedMs")] = longestBlockMs();
    }
    std::fputs(QJsonDocument(figures).toJson(QJsonDocument::Compact).constData(), stdout);
    return figures.isEmpty() ? 1 : 0;
}
