#pragma once

#include "services/common/result.h"
#include "services/patch/descriptor.h"

#include <QJsonObject>
#include <QList>
#include <QString>

namespace PatchPanel::Patch {

// What a run survives: Process, that it is killed; Full, that the machine stops as well.
enum class Durability { Process, Full };

// What a transaction has promised, on disk in the order in which it happened. What the files themselves tell (which
// switches were made) is not repeated here: recovery asks the disk.
enum class JournalEvent {
    Begun, // {"run","durability","fence"}: the number of the lock, where it has one
    Prepared, // {"plan": CRC-32C of plan.json}: everything is staged; from here on paths may be switched
    Switched, // every path is switched
    GateBegun, // {"command"}: what happens to the planned paths until Adopted is the gate's work
    Adopted, // {"paths":[{"action","now"}]}: what a gate made of them
    Committed, // the point of no return: recovery only tidies up
    RollingBack, // takes a Committed back
    Done, // nothing is left but to move the undo slots to the history
};

struct JournalRecord {
    JournalEvent event = JournalEvent::Begun;
    QJsonObject data = {};
};

// An append-only file of records: a line each of the length of its JSON, CRC-32C, sequence number and JSON. What a
// killed process or machine left unfinished at its end is no record. Lives on the run's worker thread.
class Journal {
public:
    // A new file `journal` in the open folder.
    static Result<Journal> create(int folder, Durability durability);
    // The one that a killed run left, to go on with: what is torn at its end is cut off.
    static Result<Journal> resume(int folder, Durability durability);
    // Puts a copy of the journal in its place: who has the old one open writes to that in vain. Nothing happens when
    // there is no journal. `number` is the caller's alone: two may do it at the same time.
    static Result<void> takeOver(int folder, qint64 number);

    enum class Sync { Now, Later };
    // Returns when the record is on the disk (Full, Now), else when it is with the kernel. After an error the record is
    // not there, unless isTorn().
    Result<void> append(JournalEvent event, const QJsonObject &data = {}, Sync sync = Sync::Now);

    // An append failed, and what it wrote could not be cut off: the record may be there or not.
    bool isTorn() const { return m_torn; }

    // Every whole record; none when there is no journal.
    static QList<JournalRecord> read(int folder);

private:
    Journal(Descriptor file, Durability durability, int next, qint64 size)
        : m_file(std::move(file))
        , m_durability(durability)
        , m_next(next)
        , m_size(size)
    {
    }
    bool cutOff();

    Descriptor m_file;
    Durability m_durability;
    int m_next = 0; // sequence number of the next record
    qint64 m_size = 0; // of the whole records, in bytes
    bool m_torn = false;
};

} // namespace PatchPanel::Patch
