#include "services/patch/directory.h"

#include <cerrno>
#include <cstring>
#include <unistd.h>

namespace PatchPanel::Patch {

Directory::Directory(int descriptor)
    : m_stream(descriptor >= 0 ? ::fdopendir(descriptor) : nullptr)
{
    if (!m_stream && descriptor >= 0) {
        const int error = errno;
        ::close(descriptor);
        errno = error;
    }
}

std::optional<QByteArray> Directory::next()
{
    while (const dirent *entry = ::readdir(m_stream.get())) {
        if (std::strcmp(entry->d_name, ".") != 0 && std::strcmp(entry->d_name, "..") != 0) {
            return QByteArray(entry->d_name);
        }
    }
    return std::nullopt;
}

} // namespace PatchPanel::Patch
