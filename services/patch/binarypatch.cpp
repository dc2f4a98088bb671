#include "services/patch/binarypatch.h"

namespace PatchPanel::Patch {
Result<BinaryBlock> readBinaryBlock(const QList<QByteArrayView> &, qsizetype &)
{
    return Error{ErrorCode::InvalidTask, QStringLiteral("binary")};
}
Result<QByteArray> applyBinaryBlock(const QByteArray &, const BinaryBlock &)
{
    return Error{ErrorCode::InvalidTask, QStringLiteral("binary")};
}
QByteArray gitBlobId(QByteArrayView)
{
    return {};
}
} // namespace PatchPanel::Patch
