#include "services/storage/filelock.h"

#include <QFile>

#include <cerrno>
#include <fcntl.h>
#include <sys/file.h>

namespace PatchPanel::Storage {

namespace {

FileDescriptor opened(const QByteArray &file)
{
    FileDescriptor writable(open(file.constData(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600));
    return writable.isOpen() ? std::move(writable)
                             : FileDescriptor(open(file.constData(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC));
}

} // namespace

FileLock::FileLock(const QString &file, Mode mode)
    : m_file(opened(QFile::encodeName(file)))
{
    const int operation = mode == Mode::Shared ? LOCK_SH : LOCK_EX;
    while (m_file.isOpen() && flock(m_file.get(), operation) != 0 && errno == EINTR) { }
}

// By name: a child between fork and exec still shares the descriptor, so closing alone would not release.
FileLock::~FileLock()
{
    if (m_file.isOpen()) {
        flock(m_file.get(), LOCK_UN);
    }
}

} // namespace PatchPanel::Storage
