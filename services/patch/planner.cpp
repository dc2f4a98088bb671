#include "services/patch/planner.h"

#include "services/patch/diffops.h"
#include "services/patch/diffparser.h"
#include "services/patch/plannedchanges.h"
#include "services/patch/taskreader.h"
#include "services/patch/textedit.h"

#include <QJsonArray>

#include <algorithm>
#include <functional>

namespace PatchPanel::Patch {

namespace {

using EditFunction = std::function<Result<Edit>(const QByteArray &)>;

QString joinedWhere(const QString &path, const QString &pointer)
{
    return pointer.isEmpty() || path.isEmpty() ? path + pointer : QStringLiteral("%1 (%2)").arg(path, pointer);
}

Error missing(const QString &path)
{
    return {ErrorCode::DoesNotApply, QStringLiteral("%1 does not exist.").arg(path),
            QStringLiteral("Check the path, or use \"create\".")};
}

// Runs the ops of one task over an overlay.
class Planner {
public:
    Planner(const Task &task, const WorkspaceRoot &root, const PlanOptions &options, const std::stop_token &stop)
        : m_task(task)
        , m_options(options)
        , m_stop(stop)
        , m_overlay(root)
    {
    }

    Result<Plan> run()
    {
        for (m_index = 0; m_index < m_task.ops.size(); ++m_index) {
            if (m_stop.stop_requested()) {
                return Error{ErrorCode::Cancelled, QStringLiteral("Cancelled while the plan was made.")};
            }
            const Op &op = m_task.ops.at(m_index);
            if (m_failedPaths.contains(op.path) || m_failedPaths.contains(op.from)) {
                continue; // what follows from an error is no news
            }
            const Result<void> done = runOp(op);
            if (!done) {
                addProblem(done.error(), op);
            }
        }
        settleConflicts();
        if (m_problems.isEmpty()) {
            const Result<void> distinct = checkCaseCollisions(m_overlay);
            if (!distinct) {
                addProblem(distinct.error(), {});
            }
        }
        if (!m_problems.isEmpty()) {
            return failure();
        }
        return finishedPlan(m_task, m_overlay, m_warnings);
    }

private:
    const Op &op() const { return m_task.ops.at(m_index); }

    Result<void> runOp(const Op &op)
    {
        if (op.kind == OpKind::Diff) {
            return diff(op);
        }
        for (const QString &path : {op.path, op.from}) {
            const bool unused = path.isEmpty() && path == op.from && op.kind != OpKind::Move && op.kind != OpKind::Copy;
            const Result<QString> confined =
                unused ? Result<QString>(path) : confinedPath(path, m_overlay.root().path());
            if (!confined) {
                return confined.error();
            }
        }
        switch (op.kind) {
        case OpKind::Create:
            return create(op);
        case OpKind::Update:
        case OpKind::Upsert:
            return write(op);
        case OpKind::Delete:
            return remove(op);
        case OpKind::ReplaceLiteral:
            return edit(op, [&op](const QByteArray &contents) { return replaceLiteral(contents, op); });
        case OpKind::ReplacePattern:
            return edit(op, [&op](const QByteArray &contents) { return replacePattern(contents, op); });
        case OpKind::Insert:
            return edit(op,
                        [this, &op](const QByteArray &contents) { return insertBlock(contents, op, siblingBlocks()); });
        case OpKind::Move:
        case OpKind::Copy:
            return transfer(op);
        case OpKind::Chmod:
            return chmod(op);
        case OpKind::Diff:
            break;
        }
        return {};
    }

    // A regular file or nothing: symbolic links are no targets.
    Result<std::optional<FileState>> read(const QString &path)
    {
        Result<std::optional<FileState>> state = m_overlay.read(path);
        if (state && *state && (*state)->symlink) {
            return Error{ErrorCode::UnsafePath,
                         QStringLiteral("%1 is a symbolic link; only regular files can be changed.").arg(path),
                         QStringLiteral("Name the file that it points to.")};
        }
        return state;
    }

    void note(const QString &path, const QList<QString> &notes = {})
    {
        Overlay::Entry &entry = m_overlay.entry(path);
        if (!entry.ops.contains(m_index)) {
            entry.ops.append(m_index);
            if (!op().purpose.isEmpty() && !entry.purposes.contains(op().purpose)) {
                entry.purposes.append(op().purpose);
            }
        }
        entry.notes.append(notes);
    }

    Result<void> already(const QString &path, const QString &weakness = {})
    {
        m_overlay.entry(path).already = true;
        if (!weakness.isEmpty()) {
            m_warnings.append(path + QStringLiteral(": ") + weakness);
        }
        return {};
    }

    Result<void> put(const QString &path, const FileState &standing, Blob contents, int mode,
                     const QList<QString> &notes = {})
    {
        const FileState state = newFileState(std::move(contents), mode);
        if (sameState(state, standing)) {
            return already(path);
        }
        const Result<void> written = m_overlay.put(path, state);
        if (written) {
            note(path, notes);
        }
        return written;
    }

    Result<void> create(const Op &op)
    {
        const Result<std::optional<FileState>> standing = read(op.path);
        if (!standing) {
            return standing.error();
        }
        const FileState wanted = newFileState(Blob(op.contents), op.mode.value_or(0644));
        if (*standing) {
            const bool sameMode = !op.mode || *op.mode == (*standing)->mode;
            if (sameMode && (*standing)->contents == wanted.contents) {
                return already(op.path);
            }
            const bool ownWork = !m_overlay.entry(op.path).ops.isEmpty();
            const Error conflict{ErrorCode::DoesNotApply,
                                 QStringLiteral("%1 exists already, with other contents or another mode.").arg(op.path),
                                 QStringLiteral("Use \"upsert\" to write it in any case.")};
            if (ownWork) {
                return conflict;
            }
            // Later ops may change what this one creates: then the end of the plan tells whether all is done already.
            m_conflicts.append({op.path, m_index, conflict});
        }
        const int mode = op.mode.value_or(*standing ? (*standing)->mode : 0644);
        const Result<void> written = m_overlay.put(op.path, newFileState(Blob(op.contents), mode));
        if (written) {
            note(op.path);
        }
        return written;
    }

    Result<void> write(const Op &op)
    {
        const Result<std::optional<FileState>> standing = read(op.path);
        if (!standing) {
            return standing.error();
        }
        if (*standing) {
            return put(op.path, **standing, Blob(op.contents), op.mode.value_or((*standing)->mode));
        }
        if (op.kind == OpKind::Update) {
            return goneLater(op, [&op](const QByteArray &contents) -> Result<Edit> {
                return Edit{op.contents, contents == op.contents, {}};
            });
        }
        const Result<void> written = m_overlay.put(op.path, newFileState(Blob(op.contents), op.mode.value_or(0644)));
        if (written) {
            note(op.path);
        }
        return written;
    }

    Result<void> edit(const Op &op, const EditFunction &function)
    {
        const Result<std::optional<FileState>> standing = read(op.path);
        if (!standing) {
            return standing.error();
        }
        if (!*standing) {
            return goneLater(op, function);
        }
        const Result<Edit> edited = function((*standing)->contents.toByteArray());
        if (!edited) {
            return edited.error();
        }
        if (edited->already) {
            return already(op.path, edited->notes.join(QLatin1String("; ")));
        }
        return put(op.path, **standing, Blob(edited->contents), (*standing)->mode, edited->notes);
    }

    // The file of an op is missing. That is fine when a later op deletes it, or moves it to where it stands now with
    // this op's change in it: the task has run before.
    Result<void> goneLater(const Op &op, const EditFunction &function)
    {
        for (qsizetype later = m_index + 1; later < m_task.ops.size(); ++later) {
            const Op &next = m_task.ops.at(later);
            if (next.kind == OpKind::Delete && (next.path == op.path || op.path.startsWith(next.path + u'/'))) {
                return already(op.path);
            }
            if (next.kind == OpKind::Move && next.from == op.path) {
                const Result<std::optional<FileState>> moved = read(next.path);
                const Result<Edit> edited =
                    moved && *moved ? function((*moved)->contents.toByteArray()) : Result<Edit>(missing(op.path));
                return edited && edited->already ? already(op.path) : missing(op.path);
            }
        }
        return missing(op.path);
    }

    QList<QByteArray> siblingBlocks() const
    {
        QList<QByteArray> blocks;
        for (qsizetype i = 0; i < m_task.ops.size(); ++i) {
            const Op &other = m_task.ops.at(i);
            if (i != m_index && other.kind == OpKind::Insert && other.path == op().path && !other.contents.isEmpty()) {
                blocks.append(other.contents);
            }
        }
        return blocks;
    }

    Result<void> remove(const Op &op)
    {
        const Result<QList<QString>> files = m_overlay.filesBeneath(op.path);
        if (!files) {
            return files.error();
        }
        if (!files->isEmpty()) {
            return removeFolder(op, *files);
        }
        const Result<WorkspaceRoot::EntryKind> kind = m_overlay.root().kindOf(op.path);
        if (kind && *kind == WorkspaceRoot::EntryKind::Directory) {
            m_warnings.append(QStringLiteral("%1: the folder holds no files").arg(op.path));
            return {};
        }
        return removeFile(op.path);
    }

    Result<void> removeFile(const QString &path)
    {
        const Result<std::optional<FileState>> standing = read(path);
        if (!standing) {
            return standing.error();
        }
        if (!*standing) {
            return already(path);
        }
        const Result<void> removed = m_overlay.remove(path);
        if (removed) {
            note(path);
        }
        return removed;
    }

    Result<void> removeFolder(const Op &op, const QList<QString> &files)
    {
        for (const QString &file : files) {
            const Result<QString> confined = confinedPath(file, m_overlay.root().path());
            if (!confined) {
                return confined.error();
            }
        }
        for (const QString &file : files) {
            const Result<void> removed = removeFile(file);
            if (!removed) {
                return removed;
            }
            m_overlay.entry(file).notes.append(QStringLiteral("with the folder %1").arg(op.path));
        }
        return {};
    }

    Result<void> transfer(const Op &op)
    {
        const bool copies = op.kind == OpKind::Copy;
        const Result<std::optional<FileState>> from = read(op.from);
        const Result<std::optional<FileState>> to = read(op.path);
        if (!from || !to) {
            return from ? to.error() : from.error();
        }
        if (!*from) {
            if (!copies && *to) {
                m_overlay.entry(op.from).already = true;
                return already(op.path);
            }
            return missing(op.from);
        }
        if (op.from == op.path) {
            return already(op.path);
        }
        if (*to && copies && sameState(*from, *to)) {
            return already(op.path);
        }
        if (*to && !op.overwrite) {
            const Error conflict{ErrorCode::DoesNotApply, QStringLiteral("%1 exists already.").arg(op.path),
                                 QStringLiteral("Use \"overwrite\": true to replace it.")};
            if (m_overlay.entry(op.from).before || !m_overlay.entry(op.path).ops.isEmpty()) {
                return conflict;
            }
            // What is moved was made by this task: it may have run before.
            m_conflicts.append({op.path, m_index, conflict});
        }
        const Result<void> done = copies ? m_overlay.put(op.path, newFileState((*from)->contents, (*from)->mode))
                                         : m_overlay.move(op.from, op.path);
        if (done) {
            note(op.path, copies ? QList<QString>{QStringLiteral("copied from %1").arg(op.from)} : QList<QString>{});
            if (!copies) {
                note(op.from);
            }
        }
        return done;
    }

    Result<void> chmod(const Op &op)
    {
        const int mode = op.mode.value_or(0644);
        const Result<std::optional<FileState>> standing = read(op.path);
        if (!standing) {
            return standing.error();
        }
        if (!*standing) {
            return goneLater(op, [](const QByteArray &contents) -> Result<Edit> { return Edit{contents, true, {}}; });
        }
        return put(op.path, **standing, (*standing)->contents, mode);
    }

    Result<void> diff(const Op &op)
    {
        if (!op.diff || op.diff->files.isEmpty()) {
            return Error{ErrorCode::InvalidTask, QStringLiteral("There is no unified diff in it."),
                         QStringLiteral("Expected: --- a/path, +++ b/path and hunks that begin with @@.")};
        }
        if (op.diff->countProblem && !m_options.recount) {
            return *op.diff->countProblem;
        }
        const Result<QList<FileDiff>> files = confinedFiles(*op.diff);
        if (!files) {
            return files.error();
        }
        const Result<DiffOutcome> outcome = applyDiff(m_overlay, *files, m_options);
        if (!outcome) {
            return outcome.error();
        }
        for (const QString &path : outcome->changed) {
            note(path);
        }
        m_warnings.append(op.diff->warnings);
        return {};
    }

    // The files of the diff, all of them inside the workspace.
    Result<QList<FileDiff>> confinedFiles(const Diff &diff) const
    {
        QList<FileDiff> files = diff.files;
        for (qsizetype i = 0; i < files.size(); ++i) {
            for (QString FileDiff::*path : {&FileDiff::oldPath, &FileDiff::newPath}) {
                const QString &name = files.at(i).*path;
                const Result<QString> confined =
                    name.isEmpty() ? Result<QString>(name) : confinedPath(name, m_overlay.root().path());
                if (!confined) {
                    return confined.error();
                }
                if (*confined != name) { // else the list stays shared
                    files[i].*path = *confined;
                }
            }
        }
        return files;
    }

    struct Conflict {
        QString path;
        qsizetype index;
        Error error;
    };

    // A conflict is none when all ops together lead to what stands there already.
    void settleConflicts()
    {
        for (const Conflict &conflict : std::as_const(m_conflicts)) {
            Overlay::Entry &entry = m_overlay.entry(conflict.path);
            const bool movedOn = !entry.now && entry.before;
            if (sameState(entry.before, entry.now) && !movedOn) {
                entry.already = true;
                continue;
            }
            addProblem(conflict.error, m_task.ops.at(conflict.index));
        }
    }

    void addProblem(Error error, const Op &op)
    {
        QString path = error.details.value(QStringLiteral("path")).toString();
        path = path.isEmpty() ? op.path : path;
        error.where = joinedWhere(error.where.isEmpty() ? path : error.where, op.pointer);
        if (!path.isEmpty()) {
            error.details.insert(QStringLiteral("path"), path);
            m_failedPaths.append(path);
        }
        m_problems.append(error);
    }

    Error failure() const
    {
        Error first = m_problems.first();
        QJsonArray problems;
        for (const Error &problem : m_problems) {
            const QJsonArray inner = problem.details.value(QStringLiteral("problems")).toArray();
            if (!inner.isEmpty()) {
                std::copy(inner.begin(), inner.end(), std::back_inserter(problems));
                continue;
            }
            problems.append(QJsonObject{{QStringLiteral("where"), problem.where},
                                        {QStringLiteral("message"), problem.message},
                                        {QStringLiteral("hint"), problem.hint},
                                        {QStringLiteral("details"), problem.details}});
        }
        if (problems.size() > 1) {
            first.message += QStringLiteral(" (and %1 more)").arg(problems.size() - 1);
        }
        first.details.insert(QStringLiteral("problems"), problems);
        return first;
    }

    const Task &m_task;
    const PlanOptions &m_options;
    const std::stop_token &m_stop;
    Overlay m_overlay;
    int m_index = 0;
    QList<Conflict> m_conflicts;
    QList<Error> m_problems;
    QList<QString> m_failedPaths;
    QList<QString> m_warnings;
};

} // namespace

Result<Plan> makePlan(const Task &task, const QString &workspace, const PlanOptions &options,
                      const std::stop_token &stop)
{
    const Result<WorkspaceRoot> root = WorkspaceRoot::open(workspace);
    if (!root) {
        return root.error();
    }
    return makePlan(task, *root, options, stop);
}

Result<Plan> makePlan(const Task &task, const WorkspaceRoot &workspace, const PlanOptions &options,
                      const std::stop_token &stop)
{
    return Planner(task, workspace, options, stop).run();
}

} // namespace PatchPanel::Patch
