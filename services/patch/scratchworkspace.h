#pragma once

#include "services/common/result.h"
#include "services/patch/descriptor.h"
#include "services/patch/transaction.h"
#include "services/patch/treecopy.h"
#include "services/patch/workspacefile.h"

#include <memory>
#include <optional>
#include <stop_token>

namespace PatchPanel::Patch {

// A copy of a workspace with a plan applied to it, in which the commands of a run are tried before the workspace is
// touched (--validate-in=scratch): engine.md §3. It stands in `patchpanel/scratch` of the user's cache folder
// ($XDG_CACHE_HOME) under the workspace's own name, and is removed with the object; while the object lives a lock
// (flock(2)) tells others that it is in use. Lives on the run's worker thread.
class ScratchWorkspace {
public:
    // Copies and applies. Errors as copyTree() and Transaction::prepare(): Stale when the workspace is no longer as the
    // plan saw it. Nothing is left behind on an error.
    static Result<std::unique_ptr<ScratchWorkspace>> make(const WorkspaceRoot &workspace, const Plan &plan,
                                                          const QString &runId, const std::stop_token &stop);
    ~ScratchWorkspace();
    Q_DISABLE_COPY_MOVE(ScratchWorkspace)

    const WorkspaceRoot &root() const { return *m_root; }
    // Of the plan, applied; nothing when the plan has no changes.
    Transaction *transaction() { return m_transaction ? &*m_transaction : nullptr; }
    const TreeCopy &copy() const { return m_copy; }

    // Removes what killed runs left. Costs an open folder while there is none.
    static void sweep();

private:
    ScratchWorkspace(QString folder, Descriptor lock);
    Result<void> fill(const WorkspaceRoot &workspace, const Plan &plan, const QString &runId,
                      const std::stop_token &stop);

    QString m_folder; // that holds the copy alone
    Descriptor m_lock;
    TreeCopy m_copy;
    std::optional<WorkspaceRoot> m_root;
    std::optional<Transaction> m_transaction;
};

} // namespace PatchPanel::Patch
