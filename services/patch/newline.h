#pragma once

#include <QByteArrayView>

#include <cstring>

namespace PatchPanel::Patch {

// Where the next line feed stands, from `start` on; -1 when there is none. Inline, as every line of a file passes here:
// QByteArrayView::indexOf costs several times as much on short lines.
inline qsizetype nextNewline(QByteArrayView text, qsizetype start)
{
    const void *found = start < text.size()
        ? std::memchr(text.data() + start, '\n', static_cast<size_t>(text.size() - start))
        : nullptr;
    return found == nullptr ? -1 : static_cast<const char *>(found) - text.data();
}

} // namespace PatchPanel::Patch
