#include "ui/models/linepairs.h"

#include <algorithm>
#include <span>
#include <unordered_map>

namespace PatchPanel::Ui {

namespace {

using Indexes = std::span<const int>; // of DiffLine

bool isBlank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\v' || c == '\f';
}

quint64 keyOf(QByteArrayView text) // FNV-1a over what is not blank
{
    quint64 hash = 0xcbf29ce484222325U;
    for (const char c : text) {
        if (!isBlank(c)) {
            hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
        }
    }
    return hash;
}

class Pairing {
public:
    explicit Pairing(std::vector<DiffLine> &lines)
        : m_lines(lines)
    {
    }

    void pairBlock(Indexes removed, Indexes added)
    {
        while (!removed.empty() && !added.empty() && isAlike(removed.front(), added.front())) {
            join(removed.front(), added.front());
            removed = removed.subspan(1);
            added = added.subspan(1);
        }
        while (!removed.empty() && !added.empty() && isAlike(removed.back(), added.back())) {
            join(removed.back(), added.back());
            removed = removed.first(removed.size() - 1);
            added = added.first(added.size() - 1);
        }
        std::size_t fromRemoved = 0;
        std::size_t fromAdded = 0;
        for (const auto &[r, a] : anchors(removed, added)) {
            pairInOrder(removed.subspan(fromRemoved, r - fromRemoved), added.subspan(fromAdded, a - fromAdded));
            join(removed[r], added[a]);
            fromRemoved = r + 1;
            fromAdded = a + 1;
        }
        pairInOrder(removed.subspan(fromRemoved), added.subspan(fromAdded));
    }

private:
    using Anchor = std::pair<std::size_t, std::size_t>; // positions among the removed and the added lines

    QByteArrayView textOf(int line) const { return m_lines[static_cast<std::size_t>(line)].text; }
    bool isAlike(int removed, int added) const { return equalButForBlanks(textOf(removed), textOf(added)); }

    void join(int removed, int added)
    {
        m_lines[static_cast<std::size_t>(removed)].pair = added;
        m_lines[static_cast<std::size_t>(added)].pair = removed;
    }

    void pairInOrder(Indexes removed, Indexes added)
    {
        for (std::size_t i = 0; i < std::min(removed.size(), added.size()); ++i) {
            join(removed[i], added[i]);
        }
    }

    std::vector<Anchor> anchors(Indexes removed, Indexes added) const
    {
        if (removed.empty() || added.empty()) {
            return {};
        }
        constexpr std::size_t several = static_cast<std::size_t>(-1);
        std::unordered_map<quint64, Anchor> places; // several: not the only one of its kind
        for (std::size_t r = 0; r < removed.size(); ++r) {
            const auto [place, isNew] = places.try_emplace(keyOf(textOf(removed[r])), r, several);
            if (!isNew) {
                place->second.first = several;
            }
        }
        std::vector<Anchor> common;
        std::unordered_map<quint64, std::size_t> addedPlaces;
        for (std::size_t a = 0; a < added.size(); ++a) {
            const auto [place, isNew] = addedPlaces.try_emplace(keyOf(textOf(added[a])), a);
            if (!isNew) {
                place->second = several;
            }
        }
        for (const auto &[key, a] : addedPlaces) {
            const auto place = places.find(key);
            if (a == several || place == places.end() || place->second.first == several) {
                continue;
            }
            const std::size_t r = place->second.first;
            const QByteArrayView text = textOf(removed[r]);
            if (isAlike(removed[r], added[a]) && !std::all_of(text.begin(), text.end(), isBlank)) {
                common.emplace_back(r, a);
            }
        }
        std::sort(common.begin(), common.end());
        return longestInOrder(common);
    }

    // The longest part of `anchors` in which both sides rise.
    static std::vector<Anchor> longestInOrder(const std::vector<Anchor> &anchors)
    {
        std::vector<std::size_t> ends; // ends[n]: where the chain of n + 1 anchors that ends lowest ends
        std::vector<std::size_t> before(anchors.size());
        for (std::size_t i = 0; i < anchors.size(); ++i) {
            const auto at = std::lower_bound(
                ends.begin(), ends.end(), anchors[i].second,
                [&anchors](std::size_t end, std::size_t added) { return anchors[end].second < added; });
            before[i] = at == ends.begin() ? anchors.size() : *std::prev(at);
            if (at == ends.end()) {
                ends.push_back(i);
            } else {
                *at = i;
            }
        }
        std::vector<Anchor> chain;
        for (std::size_t i = ends.empty() ? anchors.size() : ends.back(); i < anchors.size(); i = before[i]) {
            chain.push_back(anchors[i]);
        }
        std::reverse(chain.begin(), chain.end());
        return chain;
    }

    std::vector<DiffLine> &m_lines;
};

} // namespace

bool equalButForBlanks(QByteArrayView left, QByteArrayView right)
{
    const char *l = left.begin();
    const char *r = right.begin();
    while (true) {
        l = std::find_if_not(l, left.end(), isBlank);
        r = std::find_if_not(r, right.end(), isBlank);
        if (l == left.end() || r == right.end()) {
            return l == left.end() && r == right.end();
        }
        if (*l++ != *r++) {
            return false;
        }
    }
}

void pairChangedLines(std::vector<DiffLine> &lines)
{
    Pairing pairing(lines);
    std::vector<int> removed;
    std::vector<int> added;
    const auto finishBlock = [&] {
        pairing.pairBlock(removed, added);
        removed.clear();
        added.clear();
    };
    for (std::size_t i = 0; i < lines.size(); ++i) {
        switch (lines[i].kind) {
        case DiffKind::Removed:
            if (!added.empty()) {
                finishBlock();
            }
            removed.push_back(static_cast<int>(i));
            break;
        case DiffKind::Added:
            added.push_back(static_cast<int>(i));
            break;
        case DiffKind::Note: // "No newline at end of file" stands in the middle of a block
            break;
        default:
            finishBlock();
        }
    }
    finishBlock();
}

} // namespace PatchPanel::Ui
