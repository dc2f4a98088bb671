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
    std::optional<Error> countProblem = {}; // the first hunk whose header counted wrongly; its counts are mended
};

enum class HunkCounts { Checked, Recounted };

// Reads unified diffs, plain and git extended, with any prose around them. Names lose "a/" and "b/" and are not
// confined yet. No file in it is no error: `files` is then empty. The hunks are views into `text`, which they keep
// alive. InvalidTask with the line in `where` and details["line"] for hunks whose counts are wrong (unless recounted),
// context, ed, normal and combined diffs, binary files without data, submodules, and headers that cannot be understood.
Result<Diff> parseDiff(const QByteArray &text, HunkCounts counts);

// The diff with its names as `--strip=parts` means them: that many leading parts taken off the names as they stand in
// the headers ("rename from" and the like: one fewer, as git does). InvalidTask for a name that has not as many.
Result<FileDiff> withStrippedNames(const FileDiff &file, int parts);

} // namespace PatchPanel::Patch
