#pragma once

#include <QByteArray>

#include <array>
#include <functional>
#include <memory>

namespace PatchPanel::Patch {

// Tells contents apart inside a run: XXH3-128. Not cryptographic: what a person or another machine compares is the
// SHA-256.
using Fingerprint = std::array<quint64, 2>;

Fingerprint fingerprintOf(QByteArrayView bytes);

// The bytes of a file as they stood at one moment: immutable, shared between copies. Any thread.
class Blob {
public:
    Blob(); // empty
    explicit Blob(QByteArray bytes);
    // Of memory that `owner` keeps; nothing may write to it any more.
    Blob(QByteArrayView bytes, std::shared_ptr<const void> owner);

    // The same contents, their bytes made by `make` when they are asked for first.
    Blob madeBy(std::function<QByteArray()> make) const;

    QByteArrayView bytes() const; // valid while the Blob is; no NUL follows
    QByteArray toByteArray() const;
    qsizetype size() const;
    bool isEmpty() const { return size() == 0; }
    const Fingerprint &fingerprint() const;
    // Hexadecimal; computed when it is asked for first.
    QByteArray sha256() const;

    // Same bytes.
    friend bool operator==(const Blob &left, const Blob &right)
    {
        return left.m_shared == right.m_shared
            || (left.size() == right.size() && left.fingerprint() == right.fingerprint());
    }

private:
    struct Shared;
    std::shared_ptr<Shared> m_shared;
};

} // namespace PatchPanel::Patch
