#pragma once

#include "services/common/result.h"
#include "services/patch/task.h"

namespace PatchPanel::Patch {

// What an edit makes of a file's bytes.
struct Edit {
    QByteArray contents = {};
    bool already = false; // the file is as the edit would leave it
    QList<QString> notes = {}; // for the report; of an edit that is there already: what that was judged by, when weak
};

// The edits are functions over bytes. Applied to their own result they say `already`, wherever that can be told: see
// the rules in the .cpp files. Errors: DoesNotApply, Ambiguous; replacePattern also InvalidTask for a bad pattern.

// Op::find, replacement, count, expectMatches. In a file whose lines all end in CR LF, line feeds of both texts do too.
Result<Edit> replaceLiteral(const QByteArray &contents, const Op &op);

// Op::find as a PCRE2 pattern, replacement as ReplacementTemplate reads it, patternFlags, count, expectMatches.
Result<Edit> replacePattern(const QByteArray &contents, const Op &op);

// Op::contents as whole lines in the file's own line ending, at Op::place. `siblings` are the blocks that other ops of
// the task insert into the same file: they may stand between this block and its anchor.
Result<Edit> insertBlock(const QByteArray &contents, const Op &op, const QList<QByteArray> &siblings);

} // namespace PatchPanel::Patch
