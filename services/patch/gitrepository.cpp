#include "services/patch/gitrepository.h"

#include "services/patch/gateoutput.h"

#include <QFileInfo>
#include <QHash>
#include <QTemporaryFile>

#include <algorithm>
#include <array>

namespace PatchPanel::Patch {

namespace {

const QByteArray runTrailer = "PatchPanel-Run"; // tells which run a commit is of

struct Operation {
    const char *file; // in the git folder
    const char *name;
};

constexpr std::array operations{
    Operation{"MERGE_HEAD", "a merge"},    Operation{"rebase-merge", "a rebase"},
    Operation{"rebase-apply", "a rebase"}, Operation{"CHERRY_PICK_HEAD", "a cherry-pick"},
    Operation{"REVERT_HEAD", "a revert"},  Operation{"BISECT_LOG", "a bisect"},
};

QString branchRef(const QString &branch)
{
    return QStringLiteral("refs/heads/") + branch;
}

// NUL-separated; a path is never taken for a pattern or an option.
QByteArray pathspecs(const QList<QString> &paths)
{
    QByteArray text;
    for (const QString &path : paths) {
        text += ":(literal)" + path.toUtf8() + '\0';
    }
    return text;
}

QByteArray nulSeparated(const QList<QString> &paths)
{
    QByteArray text;
    for (const QString &path : paths) {
        text += path.toUtf8() + '\0';
    }
    return text;
}

// Bytes of paths that are asked for by name. For more, all that git knows is less work: it compares each with each.
constexpr qsizetype mostArguments = 8 * 1024;

QSet<QString> setOf(const QByteArray &nulSeparatedPaths)
{
    QSet<QString> paths;
    for (const QByteArray &path : nulSeparatedPaths.split('\0')) {
        if (!path.isEmpty()) {
            paths.insert(QString::fromUtf8(path));
        }
    }
    return paths;
}

QList<QString> pathsOf(const QList<Change> &changes)
{
    QSet<QString> paths;
    for (const Change &change : changes) {
        paths.insert(change.path);
        if (change.kind == ChangeKind::Move) {
            paths.insert(change.from);
        }
    }
    QList<QString> sorted = paths.values();
    std::sort(sorted.begin(), sorted.end());
    return sorted;
}

} // namespace

Result<std::optional<GitRepository>> GitRepository::find(const WorkspaceRoot &root)
{
    if (!GitCommand::isInstalled()) {
        return std::optional<GitRepository>();
    }
    GitCommand git(root);
    const GitOutput found =
        git.run({"rev-parse", "--path-format=absolute", "--git-dir", "--git-common-dir", "--is-inside-work-tree"});
    QStringList lines = QString::fromUtf8(found.output).split(u'\n', Qt::SkipEmptyParts);
    if (!found.succeeded() || lines.isEmpty() || lines.takeLast() != QLatin1String("true")) {
        if (found.errors.contains("dubious ownership")) {
            return Error{ErrorCode::DoesNotApply, QStringLiteral("git refuses the repository: %1").arg(found.reason()),
                         QStringLiteral("Add the folder to safe.directory, or run as its owner.")};
        }
        return std::optional<GitRepository>();
    }
    return std::optional(GitRepository(root, std::move(git), lines));
}

GitRepository::GitRepository(const WorkspaceRoot &root, GitCommand git, QStringList folders)
    : m_root(&root)
    , m_git(std::move(git))
    , m_folders(std::move(folders))
{
}

GitRepository::Head GitRepository::head() const
{
    static const QString branches = branchRef({});
    const auto branchOf = [](const QString &ref) {
        return ref == QLatin1String("HEAD") ? QString() : ref.startsWith(branches) ? ref.mid(branches.size()) : ref;
    };
    const GitOutput both = m_git.run({"rev-parse", "HEAD^{commit}", "--symbolic-full-name", "HEAD"});
    const QStringList lines =
        both.succeeded() ? QString::fromUtf8(both.output).split(u'\n', Qt::SkipEmptyParts) : QStringList();
    if (lines.size() == 2) {
        return {branchOf(lines.last()), lines.first()};
    }
    // A branch without a commit, or one of the references is called HEAD too, and git does not say which is meant.
    return {branchOf(m_git.run({"symbolic-ref", "--quiet", "HEAD"}).line()), lines.value(0)};
}

QString GitRepository::commitOfRun(const QString &runId) const
{
    const QByteArray format = "--format=%H %(trailers:key=" + runTrailer + ",valueonly,separator=%x20)";
    const QList<QByteArray> newest = m_git.run({"log", "--max-count=20", format}).output.split('\n');
    for (const QByteArray &line : newest) {
        const QList<QByteArray> words = line.split(' ');
        if (words.mid(1).contains(runId.toUtf8())) {
            return QString::fromUtf8(words.first());
        }
    }
    return {};
}

Result<void> GitRepository::checkReady(const GitStep &step) const
{
    for (const Operation &operation : operations) {
        if (QFileInfo::exists(m_folders.first() + u'/' + QLatin1String(operation.file))) {
            return Error{ErrorCode::DoesNotApply,
                         QStringLiteral("The repository is in the middle of %1.").arg(QLatin1String(operation.name)),
                         QStringLiteral("Finish or abort it, then run again.")};
        }
    }
    if (Result<void> branch = checkBranch(step.branch); !branch) {
        return branch;
    }
    return checkTag(step.tag);
}

Result<void> GitRepository::checkBranch(const QString &branch) const
{
    if (branch.isEmpty()) {
        return {};
    }
    const QByteArray ref = branchRef(branch).toUtf8();
    if (branch.startsWith(u'-') || branch == QLatin1String("HEAD")
        || !m_git.run({"check-ref-format", ref}).succeeded()) {
        return Error{ErrorCode::InvalidTask, QStringLiteral("\"%1\" is no valid name of a branch.").arg(branch),
                     QStringLiteral("See git-check-ref-format(1)."), QStringLiteral("/git/branch")};
    }
    const Head now = head();
    if (branch == now.branch) {
        return {};
    }
    const GitOutput found = m_git.run({"for-each-ref", "--format=%(refname) %(objectname) %(worktreepath)", ref});
    const QString prefix = QString::fromUtf8(ref) + u' ';
    for (const QString &line : QString::fromUtf8(found.output).split(u'\n')) {
        if (!line.startsWith(prefix)) {
            continue;
        }
        const QString commit = line.section(u' ', 1, 1);
        if (!line.section(u' ', 2).isEmpty() || commit != now.commit) {
            return Error{ErrorCode::DoesNotApply,
                         QStringLiteral("The branch %1 exists and is not where the workspace is.").arg(branch),
                         QStringLiteral("Switch to it yourself and run again, or name another branch."),
                         QStringLiteral("/git/branch")};
        }
    }
    return {};
}

Result<void> GitRepository::checkTag(const QString &tag) const
{
    if (tag.isEmpty()) {
        return {};
    }
    const QByteArray ref = "refs/tags/" + tag.toUtf8();
    if (tag.startsWith(u'-') || !m_git.run({"check-ref-format", ref}).succeeded()) {
        return Error{ErrorCode::InvalidTask, QStringLiteral("\"%1\" is no valid name of a tag.").arg(tag),
                     QStringLiteral("See git-check-ref-format(1)."), QStringLiteral("/git/tag")};
    }
    if (m_git.run({"show-ref", "--verify", "--quiet", ref}).succeeded()) {
        return Error{ErrorCode::DoesNotApply, QStringLiteral("The tag %1 exists already.").arg(tag),
                     QStringLiteral("Name another tag, or delete that one."), QStringLiteral("/git/tag")};
    }
    return {};
}

// Those of the paths that git knows; of many, all that it knows.
Result<QSet<QString>> GitRepository::tracked(const QList<QString> &paths) const
{
    QList<QByteArray> command{"--literal-pathspecs", "ls-files", "-z", "--cached", "--"};
    const QByteArray all = nulSeparated(paths);
    if (all.size() <= mostArguments) {
        command += all.split('\0');
        command.removeLast(); // behind the last NUL
    }
    const GitOutput found = m_git.run(command);
    return found.succeeded() ? Result(setOf(found.output)) : Error{ErrorCode::Io, found.reason()};
}

Result<GitRepository::Paths> GitRepository::sortPaths(const QList<Change> &changes) const
{
    const QList<QString> planned = pathsOf(changes);
    const Result<QSet<QString>> known = tracked(planned);
    if (!known) {
        return known.error();
    }
    Paths paths;
    QList<QString> unknown;
    for (const QString &path : planned) {
        const Result<WorkspaceRoot::EntryKind> kind = m_root->kindOf(path);
        if (known->contains(path)) {
            paths.committed.append(path);
        } else if (kind && *kind != WorkspaceRoot::EntryKind::Absent) {
            unknown.append(path);
        }
    }
    const QSet<QString> ignoredSet = unknown.isEmpty()
        ? QSet<QString>()
        : setOf(m_git.run({"check-ignore", "-z", "--stdin"}, nulSeparated(unknown)).output);
    for (const QString &path : std::as_const(unknown)) {
        if (ignoredSet.contains(path)) {
            paths.ignored.append(path);
        } else {
            paths.added.append(path);
            paths.committed.append(path);
        }
    }
    return paths;
}

// HEAD is set by name only: both branches are at the same commit, so neither the tree nor the index is touched.
Result<GitRepository::Switch> GitRepository::switchTo(const QString &branch) const
{
    const Head now = head();
    Switch done{now.branch, branch, now.commit};
    if (branch.isEmpty() || branch == done.from) {
        done.to = done.from;
        return done;
    }
    const QByteArray ref = branchRef(branch).toUtf8();
    const bool exists = m_git.run({"show-ref", "--verify", "--quiet", ref}).succeeded();
    if (!exists && !done.head.isEmpty()) {
        const GitOutput made = m_git.run({"update-ref", ref, done.head.toUtf8(), ""});
        if (!made.succeeded()) {
            return Error{ErrorCode::Io,
                         QStringLiteral("The branch %1 could not be made: %2").arg(branch, made.reason())};
        }
        done.made = true;
    }
    const GitOutput switched =
        m_git.run({"symbolic-ref", "-m", "patchpanel: switch to " + branch.toUtf8(), "HEAD", ref});
    if (!switched.succeeded()) {
        return Error{ErrorCode::Io,
                     QStringLiteral("The branch %1 could not be used: %2").arg(branch, switched.reason())};
    }
    return done;
}

void GitRepository::switchBack(const Switch &done) const
{
    if (done.to == done.from) {
        return;
    }
    if (done.from.isEmpty()) {
        m_git.run({"update-ref", "--no-deref", "HEAD", done.head.toUtf8()});
    } else {
        m_git.run({"symbolic-ref", "HEAD", branchRef(done.from).toUtf8()});
    }
    if (done.made) {
        m_git.run({"update-ref", "-d", branchRef(done.to).toUtf8(), done.head.toUtf8()});
    }
}

// A machine without a configured identity still commits; a configured one is never overruled.
QList<QByteArray> GitRepository::identityOptions() const
{
    QList<QByteArray> options;
    QHash<QByteArray, QByteArray> configured; // the last value of each counts
    const GitOutput found = m_git.run({"config", "-z", "--get-regexp", "^user\\.(name|email)$"});
    for (const QByteArray &entry : found.output.split('\0')) {
        const qsizetype end = entry.indexOf('\n');
        configured.insert(entry.first(std::max<qsizetype>(end, 0)), entry.mid(end + 1).trimmed());
    }
    if (configured.value("user.name").isEmpty()) {
        options += {"-c", "user.name=PatchPanel"};
    }
    if (configured.value("user.email").isEmpty()) {
        options += {"-c", "user.email=patchpanel@localhost"};
    }
    return options;
}

bool GitRepository::runCommit(const QString &message, const Paths &paths, const QString &runId, const Log::Writer &log,
                              const std::stop_token &stop, QString *reason) const
{
    // Neither may be an argument: a message and the paths may be longer than the system takes (128 KiB for one).
    QTemporaryFile pathsFile;
    const QByteArray specs = pathspecs(paths.committed);
    if (!pathsFile.open() || pathsFile.write(specs) != specs.size() || !pathsFile.flush()) {
        *reason = QStringLiteral("the list of the paths cannot be written: %1").arg(pathsFile.errorString());
        return false;
    }
    const QList<QByteArray> commit = identityOptions()
        + QList<QByteArray>{"commit",
                            "--only",
                            "--cleanup=whitespace",
                            "--trailer=" + runTrailer + ": " + runId.toUtf8(),
                            "--file=-",
                            "--pathspec-from-file=" + QFile::encodeName(pathsFile.fileName()),
                            "--pathspec-file-nul"};
    GateOutput output(log, "GIT", Phase::Commit, {});
    const ProcessEnd end = m_git.run(
        commit, message.toUtf8(), [&output](OutputStream stream, QByteArrayView bytes) { output.take(stream, bytes); },
        m_commitTime, stop);
    output.finish();
    *reason = GitOutput{end, {}, output.tail()}.reason();
    return end.succeeded();
}

void GitRepository::addTag(const QString &tag, CommitReport &report) const
{
    if (tag.isEmpty()) {
        return;
    }
    const GitOutput tagged = m_git.run({"tag", tag.toUtf8(), report.id.toUtf8()});
    if (tagged.succeeded()) {
        report.tag = tag;
    } else {
        report.note = QStringLiteral("The tag %1 could not be set: %2").arg(tag, tagged.reason());
    }
}

CommitReport GitRepository::commit(const GitStep &step, const QString &message, const QList<Change> &changes,
                                   const QString &runId, const Log::Writer &log, const std::stop_token &stop) const
{
    CommitReport report;
    report.message = message;
    const auto failed = [&report](const QString &why) {
        report.state = QStringLiteral("failed");
        report.note = why;
        return report;
    };
    const Result<Paths> paths = sortPaths(changes);
    if (!paths) {
        return failed(paths.error().message);
    }
    const QString ignored = paths->ignored.isEmpty()
        ? QString()
        : QStringLiteral("Not committed, because .gitignore lists them: %1.")
              .arg(paths->ignored.join(QStringLiteral(", ")));
    const QByteArray specs = pathspecs(paths->committed);
    const auto forgetAdded = [&] {
        if (!paths->added.isEmpty()) {
            m_git.run({"update-index", "--force-remove", "-z", "--stdin"}, nulSeparated(paths->added));
        }
    };
    if (!paths->added.isEmpty()) {
        const GitOutput added =
            m_git.run({"add", "--intent-to-add", "--sparse", "--pathspec-from-file=-", "--pathspec-file-nul"},
                      pathspecs(paths->added));
        if (!added.succeeded()) {
            forgetAdded();
            return failed(added.reason());
        }
    }
    const GitOutput compared = specs.isEmpty()
        ? GitOutput{}
        : m_git.run({"commit", "--dry-run", "--porcelain", "--only", "--pathspec-from-file=-", "--pathspec-file-nul"},
                    specs);
    constexpr int nothingToCommit = 1;
    if (!specs.isEmpty() && !compared.succeeded() && compared.end.exitCode != nothingToCommit) {
        forgetAdded();
        return failed(compared.reason());
    }
    const bool anything = !specs.isEmpty() && compared.succeeded();
    if (!anything) {
        forgetAdded();
        report.note =
            ignored.isEmpty() ? QStringLiteral("The planned paths hold what the last commit holds.") : ignored;
        return report;
    }
    const Result<Switch> switched = switchTo(step.branch);
    if (!switched) {
        forgetAdded();
        return failed(switched.error().message);
    }
    QString reason;
    // A hook that hangs after the commit was made does not unmake it: HEAD tells.
    if (!runCommit(message, *paths, runId, log, stop, &reason) && head().commit == switched->head) {
        switchBack(*switched);
        forgetAdded();
        return failed(reason);
    }
    report.state = QStringLiteral("committed");
    const Head made = head();
    report.id = made.commit;
    report.branch = made.branch;
    report.note = ignored;
    addTag(step.tag, report);
    return report;
}

} // namespace PatchPanel::Patch
