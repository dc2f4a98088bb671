#pragma once

#include "services/common/result.h"
#include "services/patch/descriptor.h"

#include <QJsonObject>
#include <QList>
#include <QString>

#include <optional>

namespace PatchPanel::Patch {

// What a run survives: Process, that it is killed; Full, that the machine stops as well.
enum class Durability { Process, Full };

// What a transaction has promised, on disk in the order in which it happened. What the files themselves tell (which
// switches were made) is not repeated here: recovery asks the disk.
enum class JournalEvent {
    Prepared, // everything is staged; from here on paths may be switched
    Switched, // every path is switched
    Adopted, // {"action","now"}: a gate changed a planned path; `now` is how it left it
    Committed, // the point of no return: recovery only tidies up
    RollingBack, // takes a Committed back
    Done, // nothing is left but to move the undo slots to the history
};

struct JournalRecord {
    JournalEvent event = JournalEvent::Prepared;
    QJsonObject data = {};
};

// An append-only file of records, one JSON object a line. append() returns when the record is on the disk (Full) or
// with the kernel (Process). A torn last
// line, as a killed process or machine leaves it, ends the journal when it is read. Lives on the run's worker thread.
class Journal {
public:
    // The file `journal` in the open folder, made when it is missing.
    static Result<Journal> open(int folder, Durability durability);
    Result<void> append(JournalEvent event, const QJsonObject &data = {});

    // Every whole record; none when there is no journal.
    static QList<JournalRecord> read(int folder);

private:
    Journal(Descriptor file, Durability durability)
        : m_file(std::move(file))
        , m_durability(durability)
    {
    }
    Descriptor m_file;
    Durability m_durability;
};

} // namespace PatchPanel::Patch
