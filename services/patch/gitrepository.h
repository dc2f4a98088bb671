#pragma once

#include "services/log/logwriter.h"
#include "services/patch/gitcommand.h"
#include "services/patch/runresult.h"

#include <QSet>
#include <QStringList>

#include <stop_token>

namespace PatchPanel::Patch {

// The repository that the workspace is in (the workspace is its top folder or one beneath), through the git command, so
// that hooks, signing and configuration apply. Never touches the user's tree; of the index, only the planned paths.
// Lives on the worker thread, for one run; the workspace root must outlive it.
class GitRepository {
public:
    // Absence when the workspace is in no repository's working tree, or git is not installed.
    static Result<std::optional<GitRepository>> find(const WorkspaceRoot &root);

    // Before anything is written: DoesNotApply in the middle of a merge, rebase, cherry-pick or revert, or when the
    // branch stands at another commit or in another worktree, or the tag exists; InvalidTask for a bad name.
    Result<void> checkReady(const GitStep &step) const;

    // Commits exactly the paths of the changes, as they now stand on the disk, on the branch that the step names. Other
    // staged files stay staged and uncommitted. Paths that git ignores are left out, with a note. When it fails (a
    // hook says no) branch and index are as they were. "committed", "none" when nothing differs, "failed".
    CommitReport commit(const GitStep &step, const QString &message, const QList<Change> &changes, const QString &runId,
                        const Log::Writer &log, const std::stop_token &stop) const;

    // How long a commit may take with its hooks; 10 minutes, since hooks may run tests.
    void setCommitTime(std::chrono::milliseconds time) { m_commitTime = time; }

    // The commit of that run, when it is one of the newest; else empty.
    QString commitOfRun(const QString &runId) const;

    // The folders of git itself, absolute: that of this working tree, and that of all of its working trees.
    const QStringList &folders() const { return m_folders; }

private:
    GitRepository(const WorkspaceRoot &root, GitCommand git, QStringList folders);

    struct Head {
        QString branch; // empty: detached
        QString commit; // empty: none yet
    };

    struct Paths {
        QList<QString> committed; // pathspecs
        QList<QString> added; // those that git did not know
        QList<QString> ignored;
    };
    struct Switch {
        QString from; // branch; empty: detached
        QString to;
        QString head; // commit; empty: none yet
        bool made = false;
    };

    Result<void> checkBranch(const QString &branch) const;
    Result<void> checkTag(const QString &tag) const;
    Result<QSet<QString>> tracked(const QList<QString> &paths) const;
    Result<Paths> sortPaths(const QList<Change> &changes) const;
    Result<Switch> switchTo(const QString &branch) const;
    void switchBack(const Switch &done) const;
    QList<QByteArray> identityOptions() const;
    bool runCommit(const QString &message, const Paths &paths, const QString &runId, const Log::Writer &log,
                   const std::stop_token &stop, QString *reason) const;
    void addTag(const QString &tag, CommitReport &report) const;
    Head head() const;

    const WorkspaceRoot *m_root;
    GitCommand m_git;
    QStringList m_folders;
    std::chrono::milliseconds m_commitTime = std::chrono::minutes(10);
};

} // namespace PatchPanel::Patch
