#pragma once

#include <QByteArray>
#include <QList>

#include <array>

namespace PatchPanel::Patch {

// Hides the values of variables whose names look secret (see looksSecret()) in what a command prints: "***" stands for
// each. Values shorter than 6 bytes are not hidden: they would hide ordinary words. A value that the command encodes
// (Base64, a hash) is not recognised. A value type; it keeps what may be the begin of a secret until more comes, so one
// is needed for each stream.
class SecretMask {
public:
    static constexpr qsizetype shortestSecret = 6;

    SecretMask() = default; // hides nothing
    // `environment`: "NAME=value" entries.
    explicit SecretMask(const QList<QByteArray> &environment);

    // What may be shown by now.
    QByteArray take(QByteArrayView bytes);
    // The rest, at the end.
    QByteArray finish();

private:
    qsizetype secretAt(QByteArrayView text) const;
    bool mayBegin(QByteArrayView text) const;

    QList<QByteArray> m_secrets; // the longest first
    std::array<bool, 256> m_firstBytes = {};
    QByteArray m_held;
};

} // namespace PatchPanel::Patch
