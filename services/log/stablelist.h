#pragma once

#include <array>
#include <cstddef>
#include <memory>

namespace PatchPanel::Log {

// A list that grows at its end and whose items never move. One thread at a time appends; others may read the items
// that were appended before something they have acquired was released.
template <typename T, std::size_t Block> class StableList {
public:
    std::size_t size() const { return m_size; } // for the appending thread

    void append(T value)
    {
        if (m_size > 0 && m_size % Block == 0) {
            m_last->next = std::make_unique<Node>();
            m_last = m_last->next.get();
        }
        m_last->items[m_size++ % Block] = std::move(value);
    }

    const T &at(std::size_t index) const
    {
        const Node *node = &m_first;
        for (; index >= Block; index -= Block) {
            node = node->next.get();
        }
        return node->items[index];
    }

    StableList() = default;
    StableList(const StableList &) = delete;
    StableList &operator=(const StableList &) = delete;

private:
    struct Node {
        std::array<T, Block> items;
        std::unique_ptr<Node> next;
    };

    Node m_first;
    Node *m_last = &m_first;
    std::size_t m_size = 0;
};

} // namespace PatchPanel::Log
