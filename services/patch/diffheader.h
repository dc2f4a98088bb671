#pragma once

#include "services/common/result.h"
#include "services/patch/filediff.h"

#include <deque>

namespace PatchPanel::Patch {

// The lines of a diff's headers, one by one.

// InvalidTask at a line of the diff's text.
Error diffError(int line, const QString &message, const QString &hint = {});

// A name as it stands in "--- " and "+++ " lines, before any part is stripped.
struct HeaderName {
    QByteArrayView name = {};
    bool nothing = false; // /dev/null, or the time stamp by which `diff -N` says that there was no file
};

// Names are views: of the diff's text, or, when they stand there in quotes, of `unquoted`, which keeps them.
using UnquotedNames = std::deque<QByteArray>;

// What follows "--- " or "+++ ", C-quoted names undone, time stamps cut off.
Result<HeaderName> headerName(QByteArrayView text, int line, UnquotedNames &unquoted);

// A name that a "rename from" or "copy to" line gives: never prefixed.
Result<QByteArrayView> plainName(QByteArrayView text, int line, UnquotedNames &unquoted);

// Both names of a "diff --git " line (what follows it); empty names when it cannot be told where the first one ends.
std::pair<QByteArrayView, QByteArrayView> gitHeaderNames(QByteArrayView text, UnquotedNames &unquoted);

// Takes "a/" and "b/" (or another pair of one-letter prefixes, as diff.mnemonicPrefix makes them) off both names,
// when both that are not empty have them.
void stripPrefixes(QByteArrayView &oldName, QByteArrayView &newName);

// "@@ -1,2 +3,4 @@ section": a hunk without lines. Nothing when the line is no such header.
std::optional<Hunk> hunkHeader(QByteArrayView line);

// "100644" as a number; nothing when it is no mode that git gives a file, a symbolic link or a submodule.
std::optional<int> fileMode(QByteArrayView text);

} // namespace PatchPanel::Patch
