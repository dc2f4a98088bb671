#pragma once

#include "services/common/result.h"
#include "services/patch/fence.h"
#include "services/patch/workspacefile.h"

#include <QList>
#include <QString>

namespace PatchPanel::Patch {

// What the transactions of killed runs were settled to.
struct RecoveryReport {
    QList<QString> rolledBack = {}; // run ids: prepared, never committed
    QList<QString> finished = {}; // run ids: committed or taken back already, only tidied up
    QList<QString> putAside =
        {}; // paths that a gate had changed when its run was killed: its version is in the history
    QList<QString> conflicts = {}; // as RollbackReport::problems()

    bool isEmpty() const { return rolledBack.isEmpty() && finished.isEmpty() && conflicts.isEmpty(); }
};

// Settles every transaction that a killed run left in the workspace: call it with the workspace's lock held, before
// anything is planned. A transaction without its PREPARED record switched nothing and is discarded; without COMMIT it
// is rolled back; with it, finished. The reports of these runs are settled with them. May itself be killed at any
// point and called again. Under a lock that can be lost, with its fence: a run whose lock ran out may be alive still;
// it can do no more harm then. The fence's error when the lock was lost meanwhile.
Result<RecoveryReport> recoverPending(const WorkspaceRoot &root, const Fence &fence = {});

// Whether there is anything to settle; writes nothing.
bool isRecoveryPending(const WorkspaceRoot &root);

} // namespace PatchPanel::Patch
