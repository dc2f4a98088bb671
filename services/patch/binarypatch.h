#pragma once

#include "services/common/result.h"

#include <QByteArray>
#include <QByteArrayView>
#include <QList>

#include <optional>

namespace PatchPanel::Patch {

struct BinaryBlock {
    enum class Kind { Literal, Delta };
    Kind kind = Kind::Literal;
    qint64 size = 0;
    QByteArray data = {};
};
struct BinaryPatch {
    BinaryBlock forward = {};
    std::optional<BinaryBlock> backward = {};
};
Result<BinaryBlock> readBinaryBlock(const QList<QByteArrayView> &lines, qsizetype &at);
Result<QByteArray> applyBinaryBlock(const QByteArray &before, const BinaryBlock &block);
QByteArray gitBlobId(QByteArrayView contents);

} // namespace PatchPanel::Patch
