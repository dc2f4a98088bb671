#include "services/patch/runreport.h"

#include "services/patch/patchrun.h"
#include "services/patch/statefolder.h"

#include <QJsonDocument>
#include <QSaveFile>

namespace PatchPanel::Patch {

namespace {

Result<void> save(const QString &path, const QByteArray &text)
{
    QSaveFile file(path);
    if (!file.open(QIODevice::WriteOnly) || file.write(text) != text.size() || !file.commit()) {
        return Error{ErrorCode::Io,
                     QStringLiteral("The report %1 cannot be written: %2.").arg(path, file.errorString())};
    }
    return {};
}

} // namespace

Result<void> writeReports(const WorkspaceRoot &root, RunResult &result)
{
    const StateFolder state(root);
    const QString folder = StateFolder::history(result.runId);
    const Result<Descriptor> opened = state.open(folder, WorkspaceRoot::MissingFolders::Make);
    if (!opened) {
        return opened.error();
    }
    const QString path = state.absolutePath(folder);
    result.reportPath = path + QStringLiteral("/report.md");
    Result<void> saved = save(result.reportPath, reportMarkdown(result));
    if (saved) {
        saved = save(path + QStringLiteral("/report.json"), QJsonDocument(result.toJson()).toJson());
    }
    if (!saved) {
        result.reportPath.clear();
    }
    return saved;
}

} // namespace PatchPanel::Patch
