#pragma once

#include "services/common/result.h"

#include <QByteArray>
#include <QByteArrayView>
#include <QList>

#include <optional>

namespace PatchPanel::Patch {

// What a "GIT binary patch" holds of one file, in the form that git's builtin/apply.c reads.

// One block: what makes the new (or, in reverse, the old) contents.
struct BinaryBlock {
    enum class Kind { Literal, Delta };
    Kind kind = Kind::Literal;
    qint64 size = 0; // of `data`, as the block says
    QByteArray data = {}; // inflated: the contents, or a delta
};

struct BinaryPatch {
    BinaryBlock forward = {};
    std::optional<BinaryBlock> backward = {};
};

// Reads the block whose "literal N" or "delta N" line is lines[at], and moves `at` past it and the empty line that ends
// it. The lines have no endings. InvalidTask naming the line of the diff (at + 1) for data that are missing, damaged or
// of another size than the block says; sizes over 1 GiB are refused before memory is taken.
Result<BinaryBlock> readBinaryBlock(const QList<QByteArrayView> &lines, qsizetype &at);

// `before` with the block applied. DoesNotApply for a delta that was made for contents of another size, InvalidTask for
// one that reads beyond its source or does not give as many bytes as it says.
Result<QByteArray> applyBinaryBlock(const QByteArray &before, const BinaryBlock &block);

// The name that git gives a file with these contents: hexadecimal SHA-1 over "blob", the size and the contents.
QByteArray gitBlobId(QByteArrayView contents);

} // namespace PatchPanel::Patch
