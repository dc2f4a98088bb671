#include "app/commands/runreports.h"

#include "app/commands/annotations.h"
#include "app/commands/junitreport.h"
#include "services/common/savedfile.h"

#include <QFile>
#include <QJsonDocument>

#include <cstdio>

namespace PatchPanel::App {

namespace {

Result<QByteArray> markdownOf(const TaskOutcome &outcome)
{
    const QString path = outcome.outcome.response[QStringLiteral("report")].toString();
    if (path.isEmpty()) {
        return Error{ErrorCode::NotFound, QStringLiteral("this run made no report.md"),
                     QStringLiteral("a FILE that ends in .json takes the result of any run")};
    }
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly)) {
        return Error{ErrorCode::Io, QStringLiteral("cannot read the report: %1").arg(file.errorString()), {}, path};
    }
    return file.readAll();
}

// The result is what report.json holds. There is one of a run that made no report, too.
Result<QByteArray> jsonOf(const TaskOutcome &outcome)
{
    QJsonObject document = outcome.outcome.response;
    if (document.isEmpty()) {
        document.insert(QStringLiteral("status"), toString(outcome.outcome.status));
        if (const std::optional<Error> error = outcome.error()) {
            document.insert(QStringLiteral("error"), error->toJson());
        }
    }
    return QJsonDocument(document).toJson();
}

Result<void> copyReport(const TaskOutcome &outcome, const QString &path)
{
    const Result<QByteArray> report = path.endsWith(QLatin1String(".json")) ? jsonOf(outcome) : markdownOf(outcome);
    return report ? saveFile(path, *report) : report.error();
}

} // namespace

void annotate(const Options &options, const QString &workspace, const QList<TaskOutcome> &outcomes,
              const QString &place)
{
    if (!isGithubActions()) {
        return;
    }
    std::FILE *const stream = options.json || options.events ? stderr : stdout;
    for (const TaskOutcome &outcome : outcomes) {
        const QByteArray text = annotations(outcome, workspace, qEnvironmentVariable("GITHUB_WORKSPACE"), place);
        std::fwrite(text.constData(), 1, static_cast<std::size_t>(text.size()), stream);
    }
    std::fflush(stream);
}

Result<void> leaveReports(const Options &options, const QString &workspace, const QList<TaskOutcome> &outcomes)
{
    if (options.command != Command::Rollback) { // that has no task file to show it at
        annotate(options, workspace, outcomes);
    }
    Result<void> done;
    if (!options.junit.isEmpty()) {
        done = saveFile(options.junit, junitReport(outcomes));
    }
    if (!options.report.isEmpty()) {
        const Result<void> copied = copyReport(outcomes.first(), options.report);
        done = copied ? done : copied;
    }
    return done;
}

} // namespace PatchPanel::App
