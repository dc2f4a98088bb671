#pragma once

#include <QByteArrayView>

namespace PatchPanel::Patch {

// CRC-32C (Castagnoli), as in iSCSI (RFC 3720, appendix B.4): 0xe3069283 for "123456789". For short texts.
quint32 crc32c(QByteArrayView bytes);

} // namespace PatchPanel::Patch
