#include "services/log/spillfile.h"

#include "services/common/privatefolder.h"

#include <QFile>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <unistd.h>

namespace PatchPanel::Log {

SpillFile::SpillFile(QString folder, qint64 limit)
    : m_folder(std::move(folder))
    , m_limit(limit)
{
}

SpillFile::~SpillFile()
{
    if (m_fd >= 0) {
        close(m_fd);
    }
}

Result<SpillFile::Room> SpillFile::makeRoom(qint64 size)
{
    if (m_fd < 0) {
        if (Result<void> opened = open(); !opened) {
            return opened.error();
        }
    }
    if (size > m_limit) {
        return Error{
            ErrorCode::Io,
            QStringLiteral("%1 bytes of the log do not fit into the %2 that may go to a file").arg(size).arg(m_limit),
            QStringLiteral("free space there, or allow more"), m_folder};
    }
    Room room{m_next, 0};
    const bool wraps = m_next + size > m_limit;
    if (wraps) {
        room.place = 0;
    }
    // The ring keeps its order: the oldest record lies behind the newest, or at the front.
    const auto isInTheWay = [&](const Record &oldest) {
        if (wraps && oldest.place >= m_next) {
            return true; // it would be passed over
        }
        return oldest.place < room.place + size && oldest.place + oldest.size > room.place;
    };
    while (!m_records.empty() && isInTheWay(m_records.front())) {
        m_records.pop_front();
        ++room.forgotten;
    }
    m_next = room.place;
    return room;
}

Result<void> SpillFile::write(qint64 place, QByteArrayView text, qint64 entriesPlace, QByteArrayView entries)
{
    const qint64 end = entriesPlace + entries.size();
    if (!writeAll(place, text) || !writeAll(entriesPlace, entries)) {
        Error error = failure(QStringLiteral("cannot keep old lines of the log in a file"));
        m_limit = std::min(m_limit, m_extent);
        return error;
    }
    m_records.push_back({place, end - place});
    m_next = end;
    m_extent = std::max(m_extent, end);
    return {};
}

bool SpillFile::read(qint64 place, char *to, qint64 size) const
{
    while (size > 0) {
        const ssize_t count = pread(m_fd, to, static_cast<std::size_t>(size), place);
        if (count < 0 && errno == EINTR) {
            continue;
        }
        if (count <= 0) {
            return false;
        }
        place += count;
        to += count;
        size -= count;
    }
    return true;
}

Result<void> SpillFile::open()
{
    if (!makePrivateFolder(m_folder)) {
        return failure(QStringLiteral("cannot make the folder for old lines of the log"));
    }
    m_fd = ::open(QFile::encodeName(m_folder).constData(), O_TMPFILE | O_EXCL | O_RDWR | O_CLOEXEC, 0600);
    if (m_fd < 0) { // not every file system has files without a name
        QByteArray name = QFile::encodeName(m_folder + QStringLiteral("/log-XXXXXX"));
        m_fd = mkostemp(name.data(), O_CLOEXEC);
        if (m_fd >= 0) {
            unlink(name.constData());
        }
    }
    return m_fd >= 0 ? Result<void>{} : failure(QStringLiteral("cannot make a file for old lines of the log"));
}

bool SpillFile::writeAll(qint64 place, QByteArrayView bytes) const
{
    while (!bytes.isEmpty()) {
        const ssize_t count = pwrite(m_fd, bytes.data(), static_cast<std::size_t>(bytes.size()), place);
        if (count < 0 && errno == EINTR) {
            continue;
        }
        if (count <= 0) {
            return false;
        }
        place += count;
        bytes = bytes.sliced(count);
    }
    return true;
}

Error SpillFile::failure(const QString &what) const
{
    return Error{ErrorCode::Io, QStringLiteral("%1: %2").arg(what, QString::fromLocal8Bit(std::strerror(errno))),
                 QStringLiteral("free space there, or let its user write there"), m_folder};
}

} // namespace PatchPanel::Log
