#pragma once

#include <QByteArray>
#include <QString>

namespace PatchPanel {

// 12 lower-case hexadecimal digits from the system's generator: the id of a run.
QString newRunId();

// `bytes` random bytes from the system's generator, in lower-case hexadecimal.
QByteArray randomHex(int bytes);

// Lower-case hexadecimal SHA-256.
QByteArray sha256Hex(QByteArrayView bytes);

// Compares in a time that depends on the lengths only: for tokens.
bool constantTimeEquals(QByteArrayView left, QByteArrayView right);

} // namespace PatchPanel
