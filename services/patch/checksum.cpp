#include "services/patch/checksum.h"

#include <array>

namespace PatchPanel::Patch {

namespace {

constexpr quint32 reversedPolynomial = 0x82f63b78;

constexpr std::array<quint32, 256> makeTable()
{
    std::array<quint32, 256> table{};
    for (quint32 byte = 0; byte < table.size(); ++byte) {
        quint32 remainder = byte;
        for (int bit = 0; bit < 8; ++bit) {
            remainder = (remainder >> 1) ^ ((remainder & 1) != 0 ? reversedPolynomial : 0);
        }
        table[byte] = remainder;
    }
    return table;
}

constexpr std::array<quint32, 256> table = makeTable();

} // namespace

quint32 crc32c(QByteArrayView bytes)
{
    quint32 remainder = ~quint32(0);
    for (const char byte : bytes) {
        remainder = table[(remainder ^ static_cast<quint8>(byte)) & 0xff] ^ (remainder >> 8);
    }
    return ~remainder;
}

} // namespace PatchPanel::Patch
