#pragma once

#include <cstddef>
#include <utility>

namespace PatchPanel::Log {

// Bytes of a chunk, not cleared by us; pages that are never touched cost nothing. A child that this process forks gets
// no copy of them (madvise(2), MADV_DONTFORK): a log of hundreds of megabytes would make each command of a run wait,
// and whoever writes memory meanwhile. Throws std::bad_alloc. A value that is moved, not copied.
class ChunkMemory {
public:
    ChunkMemory() = default;
    explicit ChunkMemory(std::size_t bytes);
    ~ChunkMemory();
    ChunkMemory(ChunkMemory &&other) noexcept
        : m_bytes(std::exchange(other.m_bytes, nullptr))
        , m_size(std::exchange(other.m_size, 0))
    {
    }
    ChunkMemory &operator=(ChunkMemory &&other) noexcept
    {
        std::swap(m_bytes, other.m_bytes);
        std::swap(m_size, other.m_size);
        return *this;
    }

    char *get() const { return m_bytes; }
    explicit operator bool() const { return m_bytes != nullptr; }

private:
    char *m_bytes = nullptr;
    std::size_t m_size = 0;
};

} // namespace PatchPanel::Log
