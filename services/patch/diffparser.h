#pragma once

#include "services/common/result.h"
#include "services/patch/filediff.h"

namespace PatchPanel::Patch {

// What the mail headers of a `git format-patch` text say; empty when there are none.
struct MailHeader {
    QString author = {};
    QString date = {};
    QString subject = {}; // without "[PATCH 1/2]"
};

struct Diff {
    QList<FileDiff> files = {}; // in the text's order; a file may come more than once
    MailHeader mail = {}; // of the first mail
    QList<QString> warnings = {};
};

enum class HunkCounts { Checked, Recounted };

// Reads unified diffs, plain and git extended, with any prose around them. Names lose "a/" and "b/" and are not
// confined yet. No file in it is no error: `files` is then empty. InvalidTask with the line in `where` and
// details["line"] for hunks whose counts are wrong (unless recounted), context, ed, normal and combined diffs, binary
// patches, submodules, and headers that cannot be understood.
Result<Diff> parseDiff(QByteArrayView text, HunkCounts counts);

} // namespace PatchPanel::Patch
