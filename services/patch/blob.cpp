#include "services/patch/blob.h"

#include "services/common/ids.h"

#include <mutex>
#include <xxhash.h>

namespace PatchPanel::Patch {

Fingerprint fingerprintOf(QByteArrayView bytes)
{
    const XXH128_hash_t hash = XXH3_128bits(bytes.data(), static_cast<size_t>(bytes.size()));
    return {hash.high64, hash.low64};
}

struct Blob::Shared {
    explicit Shared(QByteArray contents, std::shared_ptr<const void> memory = {})
        : owner(std::move(memory))
        , bytes(std::move(contents))
        , size(bytes.size())
        , fingerprint(fingerprintOf(bytes))
    {
    }

    Shared(qsizetype bytesToCome, const Fingerprint &print, std::function<QByteArray()> function)
        : size(bytesToCome)
        , fingerprint(print)
        , make(std::move(function))
    {
    }

    std::shared_ptr<const void> owner = {};
    QByteArray bytes = {};
    qsizetype size;
    Fingerprint fingerprint;
    std::function<QByteArray()> make = {};
    std::once_flag made = {};
    std::once_flag hashed = {};
    QByteArray sha256 = {};
};

Blob::Blob()
{
    static const std::shared_ptr<Shared> nothing = std::make_shared<Shared>(QByteArray());
    m_shared = nothing;
}

Blob::Blob(QByteArray bytes)
    : m_shared(std::make_shared<Shared>(std::move(bytes)))
{
}

Blob::Blob(QByteArrayView bytes, std::shared_ptr<const void> owner)
    : m_shared(std::make_shared<Shared>(QByteArray::fromRawData(bytes.data(), bytes.size()), std::move(owner)))
{
}

Blob Blob::madeBy(std::function<QByteArray()> make) const
{
    Blob later;
    later.m_shared = std::make_shared<Shared>(size(), fingerprint(), std::move(make));
    return later;
}

qsizetype Blob::size() const
{
    return m_shared->size;
}

QByteArrayView Blob::bytes() const
{
    if (m_shared->make) {
        std::call_once(m_shared->made, [this] { m_shared->bytes = m_shared->make(); });
    }
    return m_shared->bytes;
}

const Fingerprint &Blob::fingerprint() const
{
    return m_shared->fingerprint;
}

QByteArray Blob::toByteArray() const
{
    const QByteArrayView view = bytes();
    return m_shared->owner ? view.toByteArray() : m_shared->bytes; // what another owner keeps must be copied
}

QByteArray Blob::sha256() const
{
    std::call_once(m_shared->hashed, [this] { m_shared->sha256 = sha256Hex(bytes()); });
    return m_shared->sha256;
}

} // namespace PatchPanel::Patch
