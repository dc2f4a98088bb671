#pragma once

#include <QByteArrayView>
#include <QString>

namespace PatchPanel {

// The text that `bytes` encode, to the last character: QString::fromUtf8 drops a byte order mark (U+FEFF) at the start,
// which makes two names one. Bytes that are not UTF-8 become U+FFFD.
QString textFromUtf8(QByteArrayView bytes);

} // namespace PatchPanel
