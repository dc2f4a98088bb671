#pragma once

#include "services/common/error.h"

#include <QByteArray>
#include <QByteArrayView>
#include <QList>

#include <cstddef>
#include <cstdint>

// One input: libFuzzer calls it, and the replay of the checked-in inputs does.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size);

namespace PatchPanel::Fuzz {

// An invariant: an input that breaks it ends the process, so that the fuzzer keeps it.
inline void require(bool holds)
{
    if (!holds) {
        __builtin_trap();
    }
}

inline QByteArrayView viewOf(const std::uint8_t *data, std::size_t size)
{
    return {data, static_cast<qsizetype>(size)};
}

// What an error owes to whoever reads it. Internal would be a mistake of ours.
inline void requireClear(const Error &error)
{
    require(!error.message.isEmpty());
    require(error.code != ErrorCode::Internal);
}

// The parts of a structured input: the lines "====" stand between them, the line ending before one belongs to it.
// At most `count`: the last part takes the rest.
inline QList<QByteArrayView> partsOf(QByteArrayView input, qsizetype count)
{
    constexpr QByteArrayView separator("\n====\n");
    QList<QByteArrayView> parts;
    while (parts.size() < count - 1) {
        const qsizetype end = input.indexOf(separator);
        if (end < 0) {
            break;
        }
        parts.append(input.first(end));
        input = input.sliced(end + separator.size());
    }
    parts.append(input);
    return parts;
}

} // namespace PatchPanel::Fuzz
