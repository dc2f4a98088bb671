#pragma once

#include "services/common/result.h"
#include "services/patch/txaction.h"

namespace PatchPanel::Patch {

// What a transaction's folder (plan.json and journal) tells of it.
struct StoredTransaction {
    TxPlan plan = {}; // `now` of the actions as last adopted
    bool committed = false;
    bool done = false;
    bool gateOpen = false; // a gate was at work
};

// Reads the open folder. NotFound when the transaction never came so far that a path may have been switched;
// RollbackFailed when it did, but its plan is damaged, so that nobody can tell what it did.
Result<StoredTransaction> readTransaction(int folder);

// Writes plan.json there. Io.
Result<void> writeTransactionPlan(int folder, const QByteArray &text);

// Of plan.json, for the PREPARED record.
QString checksumOfPlan(const QByteArray &text);

} // namespace PatchPanel::Patch
