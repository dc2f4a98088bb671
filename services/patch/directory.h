#pragma once

#include <QByteArray>

#include <dirent.h>
#include <memory>
#include <optional>

namespace PatchPanel::Patch {

// An open folder, read name by name; closed with the object.
class Directory {
public:
    // Takes the descriptor (open for reading) over, also when it fails; a failure leaves errno.
    explicit Directory(int descriptor);

    bool isOpen() const { return m_stream != nullptr; }
    int descriptor() const { return ::dirfd(m_stream.get()); }
    // The next name, "." and ".." left out; nothing at the end.
    std::optional<QByteArray> next();

private:
    struct Closer {
        void operator()(DIR *stream) const { ::closedir(stream); }
    };
    std::unique_ptr<DIR, Closer> m_stream;
};

} // namespace PatchPanel::Patch
