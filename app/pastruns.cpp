#include "app/pastruns.h"

#include <QDir>
#include <QFileInfo>

#include <algorithm>

namespace PatchPanel::App {

namespace {

const QString newestName = QStringLiteral("last");
constexpr qsizetype mostNamed = 5; // runs in a message

QString folderOf(const PastRun &run)
{
    return run.workspace + QStringLiteral("/.patchpanel/history/") + run.id;
}

QString named(const QList<PastRun> &runs)
{
    QStringList ids;
    for (const PastRun &run : runs.first(std::min(runs.size(), mostNamed))) {
        ids.append(run.id);
    }
    return ids.join(QStringLiteral(", ")) + (runs.size() > mostNamed ? QStringLiteral(", …") : QString());
}

Error noSuchRun(const QList<PastRun> &runs, const QString &name)
{
    if (runs.isEmpty()) {
        return Error{ErrorCode::NotFound, QStringLiteral("no run has left a report here"),
                     QStringLiteral("name the workspace of the run with --workspace")};
    }
    return Error{ErrorCode::NotFound, QStringLiteral("no run is called \"%1\"").arg(name),
                 QStringLiteral("the newest ones are %1").arg(named(runs))};
}

} // namespace

QString PastRun::reportPath() const
{
    return folderOf(*this) + QStringLiteral("/report.md");
}

QString PastRun::jsonReportPath() const
{
    return folderOf(*this) + QStringLiteral("/report.json");
}

QList<PastRun> pastRunsIn(const QString &workspace)
{
    const QDir history(workspace + QStringLiteral("/.patchpanel/history"));
    QList<PastRun> runs;
    for (const QString &id : history.entryList(QDir::Dirs | QDir::NoDotAndDotDot | QDir::NoSymLinks)) {
        PastRun run{.id = id, .workspace = workspace};
        const QFileInfo report(run.jsonReportPath());
        if (report.isFile()) {
            run.reportedAt = report.lastModified();
            runs.append(run);
        }
    }
    std::stable_sort(runs.begin(), runs.end(),
                     [](const PastRun &a, const PastRun &b) { return a.reportedAt > b.reportedAt; });
    return runs;
}

Result<PastRun> findPastRun(const QList<PastRun> &newestFirst, const QString &name)
{
    if (newestFirst.isEmpty() || name.isEmpty()) {
        return noSuchRun(newestFirst, name);
    }
    if (name == newestName) {
        return newestFirst.first();
    }
    QList<PastRun> fitting;
    for (const PastRun &run : newestFirst) {
        if (run.id == name) {
            return run;
        }
        if (run.id.startsWith(name)) {
            fitting.append(run);
        }
    }
    if (fitting.isEmpty()) {
        return noSuchRun(newestFirst, name);
    }
    if (fitting.size() > 1) {
        return Error{ErrorCode::NotFound, QStringLiteral("%1 runs begin with \"%2\"").arg(fitting.size()).arg(name),
                     QStringLiteral("they are %1").arg(named(fitting))};
    }
    return fitting.first();
}

} // namespace PatchPanel::App
