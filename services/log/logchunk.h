#pragma once

#include "services/log/chunkmemory.h"
#include "services/log/logline.h"
#include "services/log/stablelist.h"

#include <QByteArrayView>

#include <memory>

namespace PatchPanel::Log {

// What is kept of a line besides its text. Entries are written as they are to the spill file of the same process.
struct Entry {
    quint32 end; // of the text within its chunk; it begins where the line before it ends
    qint32 time; // ms, against Chunk::baseTime
    quint16 source;
    quint8 tag;
    quint8 bits; // level, step, whether the text is plain

    static quint8 bitsOf(Level level, std::optional<Phase> phase, bool isPlain);
    Level level() const { return static_cast<Level>(bits & 3); }
    std::optional<Phase> phase() const;
    bool isPlain() const { return (bits & 32) != 0; }
};
static_assert(sizeof(Entry) == 12);

struct Source {
    QByteArray service;
    QByteArray runId;

    bool operator==(const Source &) const = default;
};

// What the lines of one chunk name, each text once.
struct ChunkNames {
    StableList<Source, 4> sources;
    StableList<QByteArray, 8> tags;
};

// Consecutive lines of the store: their bytes one after another from the front of one block of memory, their entries
// from its back. Only the store writes, and only to its newest chunk; what a reader may look at is told by the store's
// line count. In the spill file lie the texts, padded to whole entries, then the entries.
struct Chunk {
    std::shared_ptr<ChunkNames> names;
    qint64 baseTime = 0; // ms since the epoch
    quint32 capacity = 0; // bytes of `page`, a multiple of the size of an entry
    quint32 textSize = 0; // bytes; final once there is a newer chunk
    quint32 lines = 0; // the same
    ChunkMemory page = {}; // null: in the spill file at `place`
    qint64 place = -1;

    // The entry of line 0; that of line i lies i entries before it.
    const Entry *lastEntry() const { return reinterpret_cast<const Entry *>(page.get() + capacity) - 1; }
    Entry *lastEntry() { return reinterpret_cast<Entry *>(page.get() + capacity) - 1; }
    bool fits(qsizetype text) const;

    // Of the spilled chunk.
    static qint64 paddedText(quint32 textSize);
    qint64 entriesPlace() const { return place + paddedText(textSize); }
    qint64 recordSize() const { return paddedText(textSize) + static_cast<qint64>(lines) * qint64{sizeof(Entry)}; }
};

// Printable ASCII only: what is shown of such a text are its bytes.
bool isPlainText(QByteArrayView text);

// "[TAG] " stands before the text.
inline qsizetype prefixLength(const QByteArray &tag)
{
    return tag.isEmpty() ? 0 : tag.size() + 3;
}

} // namespace PatchPanel::Log
