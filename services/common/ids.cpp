#include "services/common/ids.h"

#include <QRandomGenerator>

#include <new>
#include <openssl/evp.h>

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
    // Several times as fast as QCryptographicHash, which uses no instructions for it.
    QByteArray digest(EVP_MAX_MD_SIZE, Qt::Uninitialized);
    unsigned int size = 0;
    if (EVP_Digest(bytes.data(), static_cast<size_t>(bytes.size()), reinterpret_cast<unsigned char *>(digest.data()),
                   &size, EVP_sha256(), nullptr)
        != 1) {
        throw std::bad_alloc();
    }
    return digest.first(size).toHex();
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
