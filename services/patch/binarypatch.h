#pragma once

#include "services/common/result.h"

#include <QByteArray>
#include <QByteArrayView>
#include <QList>

#include <optional>

namespace PatchPanel::Patch {

// Git's binary patches, as apply.c, base85.c and patch-delta.c of git read them.

// One block of a "GIT binary patch": what makes the new (or, in reverse, the old) contents.
struct BinaryBlock {
    enum class Kind { Literal, Delta };
    Kind kind = Kind::Literal;
    qint64 size = 0; // of the inflated data, as the header says
    QByteArray data = {}; // inflated: the contents, or a delta
};

struct BinaryPatch {
    BinaryBlock forward;
    std::optional<BinaryBlock> backward;
};

// Reads the block whose "literal N" or "delta N" line is lines[at]; the lines may have their endings. Advances `at`
// past the block and past the empty line that ends it; the end of the text ends it as well, as mail programs drop
// empty last lines. InvalidTask naming the line of the diff (1-based) for a bad header, length letter, digit or
// checksum, for data that are missing and for more of them than stated. At most 1 GiB, and never more memory than the
// deflated data can fill.
Result<BinaryBlock> readBinaryBlock(const QList<QByteArrayView> &lines, qsizetype &at);

// `before` with the block applied; a literal replaces it whatever it is. DoesNotApply when a delta was made for
// contents of another size; InvalidTask for a delta that is malformed, reads beyond its source or makes more or less
// than it says.
Result<QByteArray> applyBinaryBlock(const QByteArray &before, const BinaryBlock &block);

// The id that git gives a file of these contents: hexadecimal SHA-1 over "blob N\0" and the contents.
QByteArray gitBlobId(QByteArrayView contents);

} // namespace PatchPanel::Patch
