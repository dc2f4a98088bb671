#include "services/log/chunkmemory.h"

#include <new>
#include <sys/mman.h>

namespace PatchPanel::Log {

ChunkMemory::ChunkMemory(std::size_t bytes)
    : m_size(bytes)
{
    void *memory = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) {
        throw std::bad_alloc();
    }
    ::madvise(memory, bytes, MADV_DONTFORK); // without it only forks are slower
    m_bytes = static_cast<char *>(memory);
}

ChunkMemory::~ChunkMemory()
{
    if (m_bytes) {
        ::munmap(m_bytes, m_size);
    }
}

} // namespace PatchPanel::Log
