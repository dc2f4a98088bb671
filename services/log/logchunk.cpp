#include "services/log/logchunk.h"

namespace PatchPanel::Log {

namespace {

constexpr int phaseShift = 2;
constexpr quint8 phaseMask = 7;
constexpr quint8 plainBit = 32;

} // namespace

quint8 Entry::bitsOf(Level level, std::optional<Phase> phase, bool isPlain)
{
    const int step = phase ? static_cast<int>(*phase) + 1 : 0;
    return static_cast<quint8>(static_cast<int>(level) | step << phaseShift | (isPlain ? plainBit : 0));
}

std::optional<Phase> Entry::phase() const
{
    const int step = (bits >> phaseShift) & phaseMask;
    return step == 0 ? std::nullopt : std::optional(static_cast<Phase>(step - 1));
}

bool Chunk::fits(qsizetype text) const
{
    return static_cast<qsizetype>(textSize) + text + qsizetype{sizeof(Entry)} * (lines + 1) <= capacity;
}

qint64 Chunk::paddedText(quint32 textSize)
{
    constexpr qint64 unit = sizeof(Entry);
    return (textSize + unit - 1) / unit * unit;
}

bool isPlainText(QByteArrayView text)
{
    unsigned odd = 0;
    for (const char c : text) {
        odd |= static_cast<unsigned char>(c - 0x20) > 0x5e ? 1U : 0U;
    }
    return odd == 0;
}

} // namespace PatchPanel::Log
