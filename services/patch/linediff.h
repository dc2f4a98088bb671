#pragma once

#include <QByteArray>

#include <optional>

namespace PatchPanel::Patch {

// What git would print for the way from one text to another.
struct LineDiff {
    QByteArray hunks = {}; // "@@ …" and what follows, 3 lines of context
    int added = 0; // lines
    int removed = 0;
};

// By libgit2; absent is null. Any thread.
LineDiff lineDiff(const std::optional<QByteArray> &before, const std::optional<QByteArray> &after);

// A NUL in the first 8000 bytes, as git decides.
bool looksBinary(QByteArrayView bytes);

// A name as git writes it in a diff: in C quotes when it has quotes, backslashes, control characters or bytes above
// 127.
QByteArray quotedDiffName(const QByteArray &name);

} // namespace PatchPanel::Patch
