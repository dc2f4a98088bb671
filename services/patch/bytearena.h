#pragma once

#include "services/patch/blob.h"

#include <cstddef>
#include <memory>

namespace PatchPanel::Patch {

// Memory for the contents of many files, handed out in order from large pages: a plan over thousands of files spends
// most of its time in page faults otherwise. What it gave lives as long as a Blob refers to it, longer than the arena.
// One thread at a time.
class ByteArena {
public:
    // Room for `size` bytes, to be written and then made a Blob with share().
    struct Room {
        char *data = nullptr;
        std::shared_ptr<void> owner = {};
    };
    Room allocate(std::size_t size);
    // Gives back the end of the room that was allocated last; nothing when that was another one.
    void shrink(const Room &room, std::size_t from, std::size_t to);

    // Hands out the same memory again, as far as nobody refers to it any more.
    void reuse();

private:
    std::shared_ptr<void> m_chunk;
    char *m_next = nullptr;
    std::size_t m_left = 0;
};

// Room from the arena if there is one, else of its own: in large pages when it is large itself.
ByteArena::Room allocateBytes(ByteArena *arena, std::size_t size);

} // namespace PatchPanel::Patch
