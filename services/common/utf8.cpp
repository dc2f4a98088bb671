#include "services/common/utf8.h"

#include <QStringDecoder>

namespace PatchPanel {

QString textFromUtf8(QByteArrayView bytes)
{
    using Flag = QStringDecoder::Flag;
    return QStringDecoder(QStringDecoder::Utf8, Flag::Stateless | Flag::ConvertInitialBom).decode(bytes);
}

} // namespace PatchPanel
