#include "app/commands/sharedruncommand.h"

#include "app/commands/commands.h"
#include "app/commands/shownsafely.h"
#include "app/sharedrunfollower.h"
#include "services/common/json.h"

#include <QCoreApplication>
#include <QJsonDocument>

#include <cstdio>
#include <unistd.h>

namespace PatchPanel::App {

namespace {

using Storage::SharedRun;

void print(std::FILE *stream, const QByteArray &text)
{
    const bool isTerminal = isatty(fileno(stream)) == 1;
    const QByteArray shown = isTerminal ? shownSafely(text) : text;
    std::fwrite(shown.constData(), 1, static_cast<std::size_t>(shown.size()), stream);
    std::fflush(stream);
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

// Prints what comes of the run, and ends the event loop with the exit code.
class Following : public QObject {
public:
    Following(const Options &options, const Storage::RedisUrl &redis)
        : m_log(options.json ? stderr : stdout)
        , m_follower(redis, options.files.first())
    {
        using Follower = SharedRunFollower;
        connect(&m_follower, &Follower::linesCame, this, [this](const QList<Log::Line> &lines) {
            for (const Log::Line &line : lines) {
                print(m_log, line.toText() + '\n');
            }
        });
        connect(&m_follower, &Follower::logCut, this,
                [this] { print(m_log, "… the rest of the log is with the runner only\n"); });
        connect(&m_follower, &Follower::stillSilent, this,
                [](const QString &why) { std::fprintf(stderr, "patchpanel: %s\n", qPrintable(why)); });
        connect(&m_follower, &Follower::ended, this, [options](const SharedRun &run) {
            printResult(options, run);
            QCoreApplication::exit(exitCodeFor(run.status));
        });
        connect(&m_follower, &Follower::failed, this,
                [](const Error &error) { QCoreApplication::exit(complain(error)); });
        m_follower.start();
    }

private:
    std::FILE *m_log;
    SharedRunFollower m_follower;
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
    const Result<Storage::RedisUrl> url = Storage::parseRedisUrl(options.redisUrl);
    if (!url) {
        return complain(url.error());
    }
    const Following following(options, *url);
    return QCoreApplication::exec();
}

} // namespace PatchPanel::App
