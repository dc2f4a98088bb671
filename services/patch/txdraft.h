#pragma once

#include "services/patch/plan.h"
#include "services/patch/txaction.h"
#include "services/patch/workspacefile.h"

namespace PatchPanel::Patch {

// A new file that a transaction will stage.
struct StagedContents {
    const FileState *state = nullptr; // of the Plan; null for a removal
    QString likeness = {}; // the file whose owner and extended attributes it takes over; empty: none
    bool isLikeBefore = false; // that file is the one whose place it takes
    qint64 changedNs = 0; // when that file's inode was changed last, as the plan saw it
    quint32 owner = 0; // of that file
    quint32 group = 0;
    bool takesAttributes = false; // that file has extended attributes, or may have
};

// What becomes of a file with several names that is to be replaced: refused, since its other names would keep the old
// contents, or parted from them.
enum class HardLinks { Keep, Break };

struct TxDraft {
    TxPlan plan = {};
    QList<StagedContents> contents = {}; // one for each action
};

// The plan as switches, checked against the disk, nothing written. Stale, naming the paths, when one no longer stands
// as its `before` says; DoesNotApply for what cannot be switched (a file with several hard links, a folder in the way,
// a folder that may not be written, another filesystem); Io when the disk is too full.
// The draft points into `plan`.
Result<TxDraft> draftTransaction(const WorkspaceRoot &root, const Plan &plan, HardLinks hardLinks = HardLinks::Keep);

} // namespace PatchPanel::Patch
