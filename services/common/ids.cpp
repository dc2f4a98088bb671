#include "services/common/ids.h"

#include <QCryptographicHash>
#include <QRandomGenerator>

namespace PatchPanel {

QByteArray randomHex(int bytes)
{
    QByteArray raw(bytes, Qt::Uninitialized);
    for (char &byte : raw) {
        byte = static_cast<char>(QRandomGenerator::system()->bounded(256));
    }
    return raw.toHex();
}

QString newRunId()
{
    return QString::fromLatin1(randomHex(6));
}

QByteArray sha256Hex(QByteArrayView bytes)
{
    QCryptographicHash hash(QCryptographicHash::Sha256);
    hash.addData(bytes);
    return hash.result().toHex();
}

bool constantTimeEquals(QByteArrayView left, QByteArrayView right)
{
    if (left.size() != right.size()) {
        return false;
    }
    unsigned char difference = 0;
    for (qsizetype i = 0; i < left.size(); ++i) {
        difference |= static_cast<unsigned char>(left[i]) ^ static_cast<unsigned char>(right[i]);
    }
    return difference == 0;
}

} // namespace PatchPanel
