#include "services/common/ids.h"
#include "services/patch/diffparser.h"
#include "services/patch/overlay.h"
#include "services/patch/planner.h"
#include "services/patch/warmup.h"

#include <git2.h>

#include <QCryptographicHash>
#include <QJsonArray>

#include <algorithm>
#include <memory>

namespace PatchPanel::Patch {

namespace {

struct RepositoryFree {
    void operator()(git_repository *repository) const { git_repository_free(repository); }
};

// The commit that HEAD names, hexadecimal; empty without a repository, before its first commit, or when git will not
// read a repository of another user.
QByteArray headOf(const QString &workspace)
{
    startLibgit2();
    git_repository *raw = nullptr;
    if (git_repository_open_ext(&raw, workspace.toUtf8().constData(), 0, nullptr) != 0) {
        return {};
    }
    const std::unique_ptr<git_repository, RepositoryFree> repository(raw);
    git_oid head;
    if (git_reference_name_to_id(&head, repository.get(), "HEAD") != 0) {
        return {};
    }
    QByteArray text(GIT_OID_HEXSZ, '\0');
    git_oid_fmt(text.data(), &head);
    return text;
}

QByteArray fingerprintOf(const WorkspaceRoot &root, const QString &path)
{
    const Result<std::optional<FileState>> state = root.read(path);
    if (!state && state.error().code == ErrorCode::DoesNotApply) {
        QByteArray folder = "folder";
        const Result<QList<QString>> files = root.filesBeneath(path);
        for (const QString &file : files ? *files : QList<QString>()) {
            folder += '\n' + file.toUtf8() + '\0' + fingerprintOf(root, file);
        }
        return folder;
    }
    if (!state || !*state) {
        return "absent";
    }
    return QByteArray::number((*state)->mode, 8) + ((*state)->symlink ? " link " : " file ")
        + (*state)->contents.sha256();
}

bool stillStands(const WorkspaceRoot &root, const QString &path, const std::optional<FileState> &expected)
{
    const Result<std::optional<FileState>> state = root.read(path);
    return state && sameState(*state, expected);
}

void appendDiffPaths(QList<QString> &paths, const Op &op)
{
    for (const FileDiff &file : op.diff ? op.diff->files : QList<FileDiff>()) {
        paths.append(file.oldPath);
        paths.append(file.newPath);
    }
}

} // namespace

Result<void> checkStillCurrent(const Plan &plan)
{
    const Result<WorkspaceRoot> root = WorkspaceRoot::open(plan.workspace);
    if (!root) {
        return root.error();
    }
    QStringList changed;
    for (const Change &change : plan.changes) {
        const bool moves = change.kind == ChangeKind::Move;
        if (!stillStands(*root, moves ? change.from : change.path, change.before)) {
            changed.append(moves ? change.from : change.path);
        }
        if (moves && !stillStands(*root, change.path, std::nullopt)) {
            changed.append(change.path);
        }
    }
    if (changed.isEmpty()) {
        return {};
    }
    return Error{
        ErrorCode::Stale,
        QStringLiteral("The workspace changed after the plan was made: %1.").arg(changed.join(QLatin1String(", "))),
        QStringLiteral("Make the plan again."),
        changed.first(),
        {{QStringLiteral("path"), changed.first()}, {QStringLiteral("paths"), QJsonArray::fromStringList(changed)}}};
}

QByteArray workspaceFingerprint(const QString &workspace, const QList<QString> &paths)
{
    QCryptographicHash hash(QCryptographicHash::Sha256);
    hash.addData("HEAD " + headOf(workspace) + '\n');
    QList<QString> sorted = paths;
    std::sort(sorted.begin(), sorted.end());
    const Result<WorkspaceRoot> root = WorkspaceRoot::open(workspace);
    for (const QString &path : std::as_const(sorted)) {
        hash.addData(path.toUtf8());
        hash.addData(QByteArray(1, '\0') + (root ? fingerprintOf(*root, path) : QByteArray("absent")) + '\n');
    }
    return hash.result().toHex();
}

QList<QString> touchedPaths(const Task &task)
{
    QList<QString> paths;
    for (const Op &op : task.ops) {
        paths.append(op.path);
        paths.append(op.from);
        if (op.kind == OpKind::Diff) {
            appendDiffPaths(paths, op);
        }
    }
    paths.removeAll(QString());
    std::sort(paths.begin(), paths.end());
    paths.erase(std::unique(paths.begin(), paths.end()), paths.end());
    return paths;
}

} // namespace PatchPanel::Patch
