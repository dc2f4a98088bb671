#pragma once

#include "services/patch/atomicrename.h"
#include "services/patch/descriptor.h"
#include "services/patch/fence.h"
#include "services/patch/journal.h"
#include "services/patch/storedtransaction.h"
#include "services/patch/txdraft.h"
#include "services/patch/workspacefile.h"

#include <functional>
#include <optional>
#include <stop_token>

namespace PatchPanel::Patch {

struct RollbackReport {
    QList<QString> restored = {}; // paths that were put back
    QList<QString> conflicts = {}; // one sentence each: content that was neither old nor new, so it was left as it is

    QList<QString> failures = {}; // one sentence each: what the system refused; the next recovery tries again

    bool isComplete() const { return conflicts.isEmpty() && failures.isEmpty(); }
    QList<QString> problems() const { return conflicts + failures; }
};

// The writes of one run, as a whole or not at all:
//   prepare → apply → (gates: gateBegins, adopt) → commit, or rollback → close
// New contents are staged in slots on the same filesystem; a switch exchanges path and slot, so the old file itself
// (its inode, and with it every attribute) waits in the slot until it is needed again. What the journal promises and
// what stands on the disk decide after a crash: see recovery.h.
// Blocking; lives on the run's worker thread, with the workspace's lock held. The root must outlive it.
class Transaction {
public:
    // Checks the plan against the disk (Stale, DoesNotApply, Io; nothing was written) and stages its contents. Nothing
    // is left behind on an error, nor when `stop` asks (Cancelled). The fence is asked before PREPARED, before the
    // first switch and around COMMIT; its errors are passed on.
    static Result<Transaction> prepare(const WorkspaceRoot &root, const Plan &plan, const QString &runId,
                                       Durability durability = Durability::Full, HardLinks hardLinks = HardLinks::Keep,
                                       const std::stop_token &stop = {}, const Fence &fence = {});
    // A transaction that a killed run left. Errors as readTransaction(). With a fence the run may be alive still,
    // paused or on another machine: from here on nothing that it does to the transaction, or with it to the workspace,
    // succeeds.
    static Result<Transaction> load(const WorkspaceRoot &root, const QString &runId, const Fence &fence = {});

    // Makes every switch; `switched` is told of each. After an error call rollback(): Stale when something else wrote
    // to one of the paths, Cancelled when `stop` asks, Io otherwise.
    Result<void> apply(const std::function<void(const TxAction &)> &switched, const std::stop_token &stop = {});
    // Mutation proof: reads every path back. Io, naming the paths, when one does not hold what the plan says.
    Result<void> verify() const;
    // What happens to the planned paths from now until adopt() is this command's work, also if the run is killed.
    Result<void> gateBegins(const QString &command);
    // Takes changes to the planned paths since the last look as a gate's work, which a rollback may put aside.
    // Returns the paths.
    Result<QList<QString>> adopt();
    // The point of no return for recovery. Returns the paths whose old file was written to after the switch (an editor
    // had it open): that text is in the undo slot only. After the fence's Busy nobody can tell which it was: another
    // holder settles it.
    Result<QList<QString>> commit();
    // Puts every path back as it was, in reverse order, and never overwrites content that is neither old nor new nor
    // adopted. May be called at any point, after commit() too, and again after it was killed.
    RollbackReport rollback();
    // Moves what remains (undo slots, plan, journal) to the run's folder in the history. Nothing remains of a rollback
    // but what gates had made of the files. After a rollback with failures it leaves everything to the next recovery.
    Result<void> close();

    const TxPlan &plan() const { return m_plan; }
    bool isCommitted() const { return m_committed; }
    bool isDone() const { return m_done; }
    bool isGateOpen() const { return m_gateOpen; }

private:
    Transaction(const WorkspaceRoot &root, const QString &runId, Descriptor folder, Descriptor slotFolder,
                Journal journal, Durability durability, const Fence &fence);

    Result<void> bindSlots();
    Result<void> promise();
    QList<QString> pathsWhere(const std::function<bool(const TxAction &)> &holds) const;
    Result<void> switchOne(const TxAction &action);
    Result<void> changeFolders() const;
    Result<void> takeAwayEmptied() const;
    QList<QString> foldersToSync() const;
    Result<void> syncFolders() const;
    void undoFolders(RollbackReport &report) const;
    void undoOne(const TxAction &action, RollbackReport &report);
    int putBack(const TxAction &action, const std::optional<Identity> &current) const;
    QString conflictAt(const TxAction &action) const;
    bool isSwitched(const TxAction &action) const;
    bool holdsOldFile(const TxAction &action) const;
    void dropStagedSlots() const;
    bool isAnythingKept() const;
    Place slotNamed(const QByteArray &name) const;
    Place slotOf(const TxAction &action) const { return slotNamed(QByteArray::number(action.slot)); }

    const WorkspaceRoot *m_root;
    QString m_runId;
    Descriptor m_folder;
    Descriptor m_slots;
    Descriptor m_transactions; // with a fence: the folder in which this one's is looked up for every switch
    QByteArray m_slotFolder = "slot"; // its name
    Journal m_journal;
    Durability m_durability;
    Fence m_fence;
    TxPlan m_plan;
    bool m_committed = false;
    bool m_done = false;
    bool m_rolledBack = false;
    bool m_stuck = false; // a rollback did not come to its end
    bool m_gateOpen = false;
};

} // namespace PatchPanel::Patch
