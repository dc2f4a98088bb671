#include "app/commands/sharedruncommand.h"

#include "app/commands/commands.h"
#include "app/commands/shownsafely.h"
#include "services/common/json.h"
#include "services/log/logline.h"
#include "services/storage/sharedruns.h"

#include <QJsonDocument>

#include <chrono>
#include <cstdio>
#include <unistd.h>

namespace PatchPanel::App {

namespace {

using namespace std::chrono_literals;
using Storage::SharedLogPart;
using Storage::SharedRun;

constexpr auto waitTime = 500ms;
constexpr auto silenceTold = 1min;

void print(std::FILE *stream, const QByteArray &text)
{
    const bool isTerminal = isatty(fileno(stream)) == 1;
    const QByteArray shown = isTerminal ? shownSafely(text) : text;
    std::fwrite(shown.constData(), 1, static_cast<std::size_t>(shown.size()), stream);
    std::fflush(stream);
}

// As the log shows them. Anybody may have written there: what is no line is left out.
void printLines(std::FILE *stream, const QByteArray &jsonLines)
{
    for (const QByteArray &line : jsonLines.split('\n')) {
        if (const Result<QJsonObject> object = parseJsonObject(line); object) {
            print(stream, Log::Line::fromJson(*object).toText() + '\n');
        }
    }
}

void printResult(const Options &options, const SharedRun &run)
{
    const Result<QJsonObject> result = parseJsonObject(run.result);
    if (options.json) {
        print(stdout,
              QJsonDocument(result ? *result
                                   : QJsonObject{{QStringLiteral("runId"), run.runId},
                                                 {QStringLiteral("status"), toString(run.status)},
                                                 {QStringLiteral("workspace"), run.workspace},
                                                 {QStringLiteral("runner"), run.runner},
                                                 {QStringLiteral("machine"), run.machine}})
                  .toJson());
        return;
    }
    const QByteArray summary = QStringLiteral("Run %1 of %2 on %3: %4\n")
                                   .arg(run.runId, run.runner, run.machine, toString(run.status))
                                   .toUtf8();
    print(stdout, run.report.isEmpty() || options.follow ? summary : run.report);
}

Error unknownRun(const QString &runId)
{
    return {ErrorCode::NotFound, QStringLiteral("no runner has told Redis of a run %1").arg(runId),
            QStringLiteral("its whole id is needed, and it is kept for a day; a job that waits has not begun yet")};
}

// Why the log goes no further on a server that was there.
class Silence {
public:
    void heard() { m_since = std::chrono::steady_clock::now(); }
    void tell(const QString &what)
    {
        if (std::chrono::steady_clock::now() - m_since >= silenceTold) {
            std::fprintf(stderr, "patchpanel: %s\n", qPrintable(what));
            heard();
        }
    }

private:
    std::chrono::steady_clock::time_point m_since = std::chrono::steady_clock::now();
};

} // namespace

int showSharedRun(const Options &options, const Error &unknown)
{
    const Result<Storage::RedisUrl> url = Storage::parseRedisUrl(options.redisUrl);
    if (!url) {
        return complain(url.error());
    }
    const Result<std::optional<SharedRun>> run = Storage::SharedRuns(*url).find(options.files.first());
    if (!run || !*run) {
        return complain(run ? unknown : run.error());
    }
    printResult(options, **run);
    return 0;
}

int followSharedRun(const Options &options)
{
    const QString runId = options.files.first();
    const Result<Storage::RedisUrl> url = Storage::parseRedisUrl(options.redisUrl);
    if (!url) {
        return complain(url.error());
    }
    Storage::SharedRuns runs(*url);
    Result<std::optional<SharedRun>> run = runs.find(runId);
    if (!run || !*run) {
        return complain(run ? unknownRun(runId) : run.error());
    }
    std::FILE *logStream = options.json ? stderr : stdout;
    Silence silence;
    SharedLogPart part;
    while (!part.hasEnded) {
        const Result<SharedLogPart> more = runs.readLog(runId, part.next, waitTime);
        if (!more) {
            silence.tell(more.error().toString());
            continue;
        }
        part = *more;
        printLines(logStream, part.lines);
        if (part.isCut) {
            print(logStream, "… the rest of the log is with the runner only\n");
        }
        if (part.lines.isEmpty()) {
            silence.tell(QStringLiteral("nothing was heard of run %1 for a minute: a command may take long, or the "
                                        "runner is gone")
                             .arg(runId));
        } else {
            silence.heard();
        }
    }
    run = runs.find(runId);
    if (!run || !*run) {
        return complain(run ? unknownRun(runId) : run.error());
    }
    printResult(options, **run);
    return exitCodeFor((*run)->status);
}

} // namespace PatchPanel::App
