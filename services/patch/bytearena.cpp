#include "services/patch/bytearena.h"

#include <new>
#include <sys/mman.h>

namespace PatchPanel::Patch {

namespace {

constexpr std::size_t largePage = 2 * 1024 * 1024;
constexpr std::size_t chunkSize = 4 * largePage;
constexpr std::size_t alignment = 64; // a cache line

std::size_t roundedUp(std::size_t size, std::size_t unit)
{
    return (size + unit - 1) / unit * unit;
}

// Anonymous memory that begins at a large page. The pages come when they are first written to.
std::shared_ptr<void> mapLargePages(std::size_t size)
{
    const std::size_t length = roundedUp(size, largePage);
    const std::size_t reserved = length + largePage;
    void *address =
        ::mmap(nullptr, reserved, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (address == MAP_FAILED) {
        throw std::bad_alloc();
    }
    char *const first = static_cast<char *>(address);
    char *const aligned =
        first + (roundedUp(reinterpret_cast<std::size_t>(first), largePage) - reinterpret_cast<std::size_t>(first));
    if (aligned != first) {
        ::munmap(first, static_cast<std::size_t>(aligned - first));
    }
    if (char *const end = aligned + length; end != first + reserved) {
        ::munmap(end, static_cast<std::size_t>(first + reserved - end));
    }
    ::madvise(aligned, length, MADV_HUGEPAGE); // a wish: without it the memory is as good, only slower
    return {aligned, [length](void *memory) {
                ::munmap(memory, length);
            }};
}

} // namespace

ByteArena::Room ByteArena::allocate(std::size_t size)
{
    const std::size_t needed = roundedUp(size, alignment);
    if (needed > m_left) {
        if (needed >= chunkSize / 2) {
            return allocateBytes(nullptr, size);
        }
        m_chunk = mapLargePages(chunkSize);
        m_next = static_cast<char *>(m_chunk.get());
        m_left = chunkSize;
    }
    const Room room{m_next, m_chunk};
    m_next += needed;
    m_left -= needed;
    return room;
}

void ByteArena::shrink(const Room &room, std::size_t from, std::size_t to)
{
    const std::size_t had = roundedUp(from, alignment);
    if (room.data + had == m_next && room.owner == m_chunk) {
        const std::size_t freed = had - roundedUp(to, alignment);
        m_next -= freed;
        m_left += freed;
    }
}

void ByteArena::reuse()
{
    if (m_chunk.use_count() == 1) {
        m_next = static_cast<char *>(m_chunk.get());
        m_left = chunkSize;
    }
}

ByteArena::Room allocateBytes(ByteArena *arena, std::size_t size)
{
    if (arena != nullptr) {
        return arena->allocate(size);
    }
    std::shared_ptr<void> owner = size >= largePage
        ? mapLargePages(size)
        : std::shared_ptr<void>(::operator new(size), [](void *memory) { ::operator delete(memory); });
    char *const data = static_cast<char *>(owner.get());
    return {data, std::move(owner)};
}

} // namespace PatchPanel::Patch
