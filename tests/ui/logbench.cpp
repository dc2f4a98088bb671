// Measures the live log from within, each in a process of its own:
//   logbench burst LINES        appends that many lines of 108 bytes from one thread
//   logbench find LINES         find and filter over that many lines in a shown view
//   logbench view LINES         jumps and paints over that many lines in a shown view
//   logbench sustained SECONDS  100,000 lines a second, coloured, into a shown view that follows them
//   logbench hostile LINES      colours, progress lines, invalid bytes and 1 MB lines: followed, found, filtered, saved
//   logbench plaintext LINES    the same lines into a QPlainTextEdit, one append each
// Prints one JSON object of figures. Ends with 64 for wrong usage. Beyond 256 MiB the log goes to a file in $TMPDIR.

#include "services/log/logwriter.h"
#include "tests/ui/benchclock.h"
#include "tests/ui/hostilelog.h"
#include "ui/views/logview.h"

#include <QApplication>
#include <QDir>
#include <QJsonDocument>
#include <QJsonObject>
#include <QPlainTextEdit>
#include <QScrollBar>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <ctime>
#include <thread>

using namespace PatchPanel;
using namespace PatchPanel::Test;

namespace {

constexpr qsizetype lineBytes = 108;

double residentBytes()
{
    long pages = 0;
    if (std::FILE *file = std::fopen("/proc/self/statm", "r")) {
        if (std::fscanf(file, "%*s %ld", &pages) != 1) {
            pages = 0;
        }
        std::fclose(file);
    }
    return static_cast<double>(pages) * 4096;
}

double percentile(QList<double> values, double share)
{
    if (values.isEmpty()) {
        return 0;
    }
    std::sort(values.begin(), values.end());
    return values[static_cast<qsizetype>(static_cast<double>(values.size() - 1) * share)];
}

// A compiler's line, "needle" in each thousandth.
QByteArray buildLine(qsizetype number)
{
    const QByteArray head = "[ 41%] Building CXX object src/net/" + QByteArray::number(number) + ".cpp.o ";
    return head.leftJustified(lineBytes - 6, 'x') + (number % 1000 == 999 ? "needle" : "object");
}

void fill(Log::Store &store, qsizetype lines)
{
    const Log::Writer writer(store, "runner-1", "run-1");
    for (qsizetype i = 0; i < lines; ++i) {
        writer.output(i % 100 == 7 ? Log::Level::Error : Log::Level::Info, "", Phase::Build, buildLine(i));
    }
}

QJsonObject burst(qsizetype lines)
{
    Log::Store store({.folder = QDir::tempPath()});
    const QByteArray text(lineBytes, 'x');
    const Log::Writer writer(store, "runner-1", "run-1");
    QElapsedTimer timer;
    timer.start();
    const double before = residentBytes();
    for (qsizetype i = 0; i < lines; ++i) {
        writer.output(Log::Level::Info, "", Phase::Build, QByteArray(text.constData(), lineBytes));
    }
    const double elapsed = milliseconds(timer);
    Log::Store whole({.memory = qint64{8} << 30});
    const double beforeWhole = residentBytes();
    const qsizetype kept = std::min<qsizetype>(lines, 2'000'000);
    fill(whole, kept);
    return {{QStringLiteral("linesPerSecond"), static_cast<double>(lines) / elapsed * 1000},
            {QStringLiteral("residentMiB"), (beforeWhole - before) / (1 << 20)},
            {QStringLiteral("overheadBytes"),
             (residentBytes() - beforeWhole) / static_cast<double>(kept) - static_cast<double>(lineBytes)},
            {QStringLiteral("dropped"), static_cast<double>(store.dropped())}};
}

QJsonObject find(qsizetype lines)
{
    Log::Store store({.folder = QDir::tempPath()});
    fill(store, lines);
    Ui::LogView view(store);
    showForMeasuring(view);
    waitMs([&] { return view.lineCount() == lines; });
    Ui::LineFinder &finder = view.finder();
    QJsonObject figures;
    const BlockWatch watch;

    QElapsedTimer timer;
    timer.start();
    finder.start(QStringLiteral("NEEDLE"), Ui::LineFinder::Plain);
    finder.next(0);
    waitMs([&] { return finder.current() != nullptr; });
    figures[QStringLiteral("findFirstMs")] = milliseconds(timer);
    finder.start({}, {});
    finder.start(QStringLiteral("NEEDLE"), Ui::LineFinder::Plain);
    const double processorBefore = processorMs(CLOCK_PROCESS_CPUTIME_ID);
    const double windowBefore = processorMs(CLOCK_THREAD_CPUTIME_ID);
    figures[QStringLiteral("findTotalMs")] = waitMs([&] { return finder.isDone(); });
    figures[QStringLiteral("findTotalCpuMs")] = processorMs(CLOCK_PROCESS_CPUTIME_ID) - processorBefore;
    figures[QStringLiteral("findTotalWindowCpuMs")] = processorMs(CLOCK_THREAD_CPUTIME_ID) - windowBefore;
    figures[QStringLiteral("matches")] = static_cast<double>(finder.matchCount());
    finder.start({}, {});

    view.setFilter({.minimum = Log::Level::Error});
    figures[QStringLiteral("filterMs")] = waitMs([&] { return view.isComplete(); });
    figures[QStringLiteral("rows")] = static_cast<double>(view.lineCount());
    figures[QStringLiteral("longestBlockMs")] = watch.longest();
    return figures;
}

QJsonObject viewFigures(qsizetype lines)
{
    Log::Store store({.folder = QDir::tempPath()});
    fill(store, lines);
    Ui::LogView view(store);
    showForMeasuring(view);
    waitMs([&] { return view.lineCount() == lines; });
    view.setFollowing(false);
    QList<double> jumps;
    QList<double> paints;
    QPixmap target(view.size());
    for (int i = 0; i < 300; ++i) {
        const auto line = static_cast<int>((static_cast<qint64>(i) * 7'919'317) % lines);
        QElapsedTimer timer;
        timer.start();
        view.verticalScrollBar()->setValue(line);
        view.viewport()->repaint();
        jumps.append(milliseconds(timer));
        timer.start();
        view.viewport()->repaint();
        paints.append(milliseconds(timer));
    }
    return {{QStringLiteral("jumpP99Ms"), percentile(jumps, 0.99)},
            {QStringLiteral("paintP99Ms"), percentile(paints, 0.99)}};
}

QJsonObject sustained(int seconds)
{
    constexpr int perSecond = 100'000;
    constexpr int perTick = perSecond / 1000;
    Log::Store store({.folder = QDir::tempPath()});
    Ui::LogView view(store);
    showForMeasuring(view);
    QList<double> gaps;
    QElapsedTimer sinceFrame;
    const auto connection = QObject::connect(&view, &Ui::LogView::countsChanged, &view, [&] {
        if (sinceFrame.isValid()) {
            gaps.append(milliseconds(sinceFrame));
        }
        sinceFrame.start();
    });
    double writerMs = 0;
    std::atomic<bool> done = false;
    std::thread producer([&] {
        const Log::Writer writer(store, "runner-1", "run-1");
        QElapsedTimer clock;
        clock.start();
        for (qint64 sent = 0; sent < qint64{perSecond} * seconds;) {
            const qint64 due = clock.elapsed() * perTick;
            for (; sent < std::min(due, qint64{perSecond} * seconds); ++sent) {
                writer.output(Log::Level::Info, "", Phase::Build,
                              "\x1b[32m" + buildLine(sent).chopped(20) + "\x1b[1;33m 41%\x1b[0m");
            }
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
        }
        writerMs = processorMs(CLOCK_THREAD_CPUTIME_ID);
        done = true;
    });
    const double processorBefore = processorMs(CLOCK_THREAD_CPUTIME_ID);
    QElapsedTimer timer;
    timer.start();
    double longest = 0;
    QElapsedTimer round;
    while (!done) {
        QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents);
        round.start();
        QCoreApplication::processEvents();
        longest = std::max(longest, milliseconds(round));
    }
    const double elapsed = milliseconds(timer);
    const double used = processorMs(CLOCK_THREAD_CPUTIME_ID) - processorBefore;
    producer.join();
    QObject::disconnect(connection);
    waitMs([&] { return view.lineCount() == store.size(); });
    return {{QStringLiteral("linesPerSecond"), static_cast<double>(view.lineCount()) / elapsed * 1000},
            {QStringLiteral("frameGapP99Ms"), percentile(gaps, 0.99)},
            {QStringLiteral("longestBlockMs"), longest},
            {QStringLiteral("windowCorePercent"), used / elapsed * 100},
            {QStringLiteral("writerCorePercent"), writerMs / elapsed * 100}};
}

// Half of the lines come while the end is followed in a wrapped view, the rest while find and a filter are at work;
// then all of them are saved and copied.
QJsonObject hostile(qsizetype lines)
{
    const qsizetype hugeEach = std::max<qsizetype>(1, lines / 200);
    const Log::Keeping keeping{.folder = QDir::tempPath()};
    Log::Store store(keeping);
    Ui::LogView view(store);
    view.setWrapped(true);
    showForMeasuring(view);
    qint64 mostMemory = 0;
    std::atomic<qsizetype> allowed = lines / 2;
    std::thread producer([&] {
        const Log::Writer writer(store, "runner-1", "run-1");
        for (qsizetype i = 0; i < lines; ++i) {
            while (i >= allowed) {
                std::this_thread::sleep_for(std::chrono::milliseconds(1));
            }
            writer.output(i % 100 == 7 ? Log::Level::Error : Log::Level::Info, "", Phase::Build,
                          Test::hostileLine(i, hugeEach));
        }
    });
    QJsonObject figures;
    const auto phase = [&](const QString &name, const auto &condition) {
        const BlockWatch watch;
        figures[name + QStringLiteral("Ms")] = waitMs([&] {
            mostMemory = std::max(mostMemory, store.memoryUsed());
            return condition();
        });
        figures[name + QStringLiteral("BlockMs")] = watch.longest();
        figures[name + QStringLiteral("BlockCpuMs")] = watch.longestCpu();
    };
    phase(QStringLiteral("follow"), [&] { return view.lineCount() == lines / 2; });
    allowed = lines;
    view.finder().start(QStringLiteral("needle"), Ui::LineFinder::Plain);
    view.finder().next(0);
    phase(QStringLiteral("find"), [&] { return view.lineCount() == lines && view.finder().isDone(); });
    producer.join();
    figures[QStringLiteral("wrongMatches")] =
        static_cast<double>(view.finder().matchCount() - Test::needlesBefore(lines, hugeEach));
    view.setFilter({.minimum = Log::Level::Error});
    phase(QStringLiteral("filter"), [&] { return view.isComplete(); });
    figures[QStringLiteral("wrongRows")] = static_cast<double>(view.lineCount() - (lines + 92) / 100);
    view.setFilter({.pattern = QStringLiteral("needle")});
    phase(QStringLiteral("onlyMatches"), [&] { return view.isComplete(); });
    view.setFilter({});
    view.finder().start({}, {});
    Ui::LogSaver saver(store);
    bool isSaved = false;
    QObject::connect(&saver, &Ui::LogSaver::saved, &view, [&](const QString &, qsizetype written) {
        isSaved = true;
        figures[QStringLiteral("unsaved")] = static_cast<double>(lines - written);
    });
    saver.save(view.shownLines(true), QDir::tempPath() + QStringLiteral("/hostile.log"));
    phase(QStringLiteral("save"), [&] { return isSaved || !saver.isSaving(); });
    view.selectAll();
    view.copy();
    phase(QStringLiteral("copy"), [&] { return !view.copier().isCopying(); });
    figures[QStringLiteral("memoryMiB")] = static_cast<double>(mostMemory) / (1 << 20);
    figures[QStringLiteral("residentMiB")] = residentBytes() / (1 << 20);
    figures[QStringLiteral("dropped")] = static_cast<double>(store.dropped());
    return figures;
}

QJsonObject plainTextEdit(qsizetype lines)
{
    QPlainTextEdit edit;
    edit.setReadOnly(true);
    edit.setLineWrapMode(QPlainTextEdit::NoWrap);
    showForMeasuring(edit);
    const double before = residentBytes();
    QElapsedTimer timer;
    timer.start();
    for (qsizetype i = 0; i < lines; ++i) {
        edit.appendPlainText(QString::fromUtf8(buildLine(i)));
        QCoreApplication::processEvents();
    }
    return {{QStringLiteral("linesPerSecond"), static_cast<double>(lines) / milliseconds(timer) * 1000},
            {QStringLiteral("bytesPerLine"), (residentBytes() - before) / static_cast<double>(lines)}};
}

} // namespace

int main(int argc, char **argv)
{
    const QApplication application(argc, argv);
    const QStringList arguments = QCoreApplication::arguments();
    const int amount = arguments.size() == 3 ? arguments.at(2).toInt() : 0;
    const QString verb = arguments.value(1);
    QJsonObject figures;
    if (amount <= 0) {
    } else if (verb == QLatin1String("burst")) {
        figures = burst(amount);
    } else if (verb == QLatin1String("find")) {
        figures = find(amount);
    } else if (verb == QLatin1String("view")) {
        figures = viewFigures(amount);
    } else if (verb == QLatin1String("sustained")) {
        figures = sustained(amount);
    } else if (verb == QLatin1String("hostile")) {
        figures = hostile(amount);
    } else if (verb == QLatin1String("plaintext")) {
        figures = plainTextEdit(amount);
    }
    if (figures.isEmpty()) {
        std::fputs("usage: logbench burst|find|view|hostile|plaintext LINES, or logbench sustained SECONDS\n", stderr);
        return 64;
    }
    figures[QStringLiteral("longestAllowedMs")] = longestBlockMs();
    std::fputs(QJsonDocument(figures).toJson(QJsonDocument::Compact).constData(), stdout);
    return 0;
}
