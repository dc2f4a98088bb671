#pragma once

#include "services/common/result.h"

#include <QByteArrayView>
#include <QString>

#include <deque>

namespace PatchPanel::Log {

// A file of this process alone for records that memory has no room for: without a name as soon as it is open, so that
// nothing of it is left when the process ends, however it ends. A ring: where `limit` bytes are full, the oldest
// records make room. read() may be called by any thread, the others by one at a time.
class SpillFile {
public:
    // `folder` is made at need (0700). `limit` in bytes.
    SpillFile(QString folder, qint64 limit);
    ~SpillFile();
    SpillFile(const SpillFile &) = delete;
    SpillFile &operator=(const SpillFile &) = delete;

    // A place for the next record, and how many of the oldest ones it covers: nobody may read these any more.
    struct Room {
        qint64 place = 0;
        qsizetype forgotten = 0;
    };

    // Opens the file at the first call. Io when it cannot be made, or when the record is larger than the file may be.
    Result<Room> makeRoom(qint64 size);
    // Writes the record for which room was made. When the disk takes no more, the file stays at the size that it has
    // and room has to be made again; Io when even that does not help.
    Result<void> write(qint64 place, QByteArrayView text, qint64 entriesPlace, QByteArrayView entries);

    // False when that much is not there.
    bool read(qint64 place, char *to, qint64 size) const;

    qint64 limit() const { return m_limit; }
    QString folder() const { return m_folder; }

private:
    struct Record {
        qint64 place;
        qint64 size;
    };

    Result<void> open();
    bool writeAll(qint64 place, QByteArrayView bytes) const;
    Error failure(const QString &what) const;

    QString m_folder;
    qint64 m_limit;
    int m_fd = -1;
    qint64 m_next = 0; // where the next record goes
    qint64 m_extent = 0; // bytes that were written at least once
    std::deque<Record> m_records; // the oldest first
};

} // namespace PatchPanel::Log
