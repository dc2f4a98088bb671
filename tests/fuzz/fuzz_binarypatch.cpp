#include "services/patch/binarypatch.h"
#include "tests/fuzz/fuzzing.h"
#include "tests/support/binaryblock.h"

#include <algorithm>

using namespace PatchPanel;
using Patch::BinaryBlock;

namespace {

// Applies the block, and requires that it is refused clearly or leads to something.
void tryApply(const QByteArray &before, const BinaryBlock &block)
{
    const auto after = Patch::applyBinaryBlock(before, block);
    if (!after) {
        Fuzz::requireClear(after.error());
        Fuzz::require(block.kind == BinaryBlock::Kind::Delta);
    }
}

// The text of a patch, block after block.
void readText(const QByteArray &before, QByteArrayView text)
{
    const QList<QByteArrayView> lines = Test::linesOf(text);
    for (qsizetype at = 0; at < lines.size();) {
        const qsizetype start = at;
        const auto block = Patch::readBinaryBlock(lines, at);
        if (!block) {
            Fuzz::requireClear(block.error());
            const int line = block.error().details.value(QStringLiteral("line")).toInt();
            Fuzz::require(line > start && line <= lines.size());
            return;
        }
        Fuzz::require(at > start && at <= lines.size());
        Fuzz::require(block->data.size() == block->size);
        tryApply(before, *block);
    }
}

// A size as a delta's header has it.
QByteArray deltaSize(qsizetype size)
{
    QByteArray bytes;
    for (; size > 0x7f; size >>= 7) {
        bytes += static_cast<char>(0x80 | (size & 0x7f));
    }
    return bytes + static_cast<char>(size);
}

QByteArray copyPiece(qsizetype offset, qsizetype length)
{
    QByteArray piece("\xbf"); // four bytes of offset, two of length
    for (int shift = 0; shift < 32; shift += 8) {
        piece += static_cast<char>(offset >> shift);
    }
    return length == 0 ? QByteArray() : piece + static_cast<char>(length) + static_cast<char>(length >> 8);
}

// A delta that keeps what both have in common at their ends.
QByteArray deltaOf(const QByteArray &before, const QByteArray &after)
{
    const auto start = std::mismatch(before.begin(), before.end(), after.begin(), after.end());
    const qsizetype head = start.first - before.begin();
    const auto end = std::mismatch(before.rbegin(), std::make_reverse_iterator(start.first), after.rbegin(),
                                   std::make_reverse_iterator(start.second));
    const qsizetype tail = end.first - before.rbegin();
    QByteArray delta = deltaSize(before.size()) + deltaSize(after.size()) + copyPiece(0, head);
    const QByteArray middle = after.mid(head, after.size() - head - tail);
    for (qsizetype at = 0; at < middle.size(); at += 127) {
        const QByteArray piece = middle.mid(at, 127);
        delta += static_cast<char>(piece.size()) + piece;
    }
    return delta + copyPiece(before.size() - tail, tail);
}

// What is encoded here is read and applied there.
void roundTrip(const QByteArray &before, const QByteArray &after)
{
    for (const QByteArray &word : {QByteArray("literal "), QByteArray("delta ")}) {
        const QByteArray data = word.startsWith('l') ? after : deltaOf(before, after);
        const QByteArray text = word + QByteArray::number(data.size()) + '\n' + Test::base85Lines(Test::deflated(data));
        qsizetype at = 0;
        const auto block = Patch::readBinaryBlock(Test::linesOf(text), at);
        Fuzz::require(block && block->data == data);
        const auto applied = Patch::applyBinaryBlock(before, *block);
        Fuzz::require(applied && *applied == after);
    }
}

} // namespace

// Input: a letter, the contents before, and what the letter says: t the text of a patch, d a delta, z the bytes of a
// zlib stream (before: the size stated), r the contents after, which are encoded, read and applied.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const QList<QByteArrayView> parts = Fuzz::partsOf(Fuzz::viewOf(data, size), 3);
    if (parts.size() < 3 || parts.first().isEmpty()) {
        return 0;
    }
    const QByteArray before = parts.at(1).toByteArray();
    const QByteArray rest = parts.at(2).toByteArray();
    switch (parts.first().front()) {
    case 't':
        readText(before, rest);
        break;
    case 'd':
        tryApply(before, {BinaryBlock::Kind::Delta, rest.size(), rest});
        break;
    case 'z':
        readText({}, "literal " + before + '\n' + Test::base85Lines(rest));
        break;
    case 'r':
        roundTrip(before, rest);
        break;
    default:
        break;
    }
    return 0;
}
