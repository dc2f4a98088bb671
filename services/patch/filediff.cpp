#include "services/patch/filediff.h"

#include <algorithm>
#include <cstring>
#include <numeric>

namespace PatchPanel::Patch {

namespace {

constexpr int fileTypeBits = 0170000;
constexpr int symlinkType = 0120000;

QByteArray textWithout(const Hunk &hunk, DiffLine::Kind unwanted)
{
    QByteArray text;
    for (const DiffLine &line : hunk.lines()) {
        if (line.kind != unwanted) {
            text += line.text;
        }
    }
    return text;
}

DiffLine::Kind kindOf(char marker, bool reversed)
{
    using enum DiffLine::Kind;
    if (marker == ' ') {
        return Context;
    }
    return (marker == '+') != reversed ? Add : Remove;
}

DiffAction reversedAction(DiffAction action)
{
    switch (action) {
    case DiffAction::Create:
    case DiffAction::Copy:
        return DiffAction::Delete;
    case DiffAction::Delete:
        return DiffAction::Create;
    case DiffAction::Modify:
    case DiffAction::Rename:
        break;
    }
    return action;
}

int sumOf(const QList<Hunk> &hunks, int Hunk::*count)
{
    return std::accumulate(hunks.begin(), hunks.end(), 0,
                           [count](int sum, const Hunk &hunk) { return sum + hunk.*count; });
}

} // namespace

HunkLines::Iterator::Iterator(const char *at, const char *end, bool reversed)
    : m_at(at)
    , m_end(end)
    , m_reversed(reversed)
{
    read();
}

HunkLines::Iterator &HunkLines::Iterator::operator++()
{
    m_at = m_next;
    read();
    return *this;
}

void HunkLines::Iterator::read()
{
    if (m_at == m_end) {
        return;
    }
    const char *start = m_at + 1;
    const auto *newline = static_cast<const char *>(std::memchr(start, '\n', static_cast<size_t>(m_end - start)));
    m_next = newline + 1;
    const bool open = m_next != m_end && *m_next == '\\';
    m_line = {kindOf(*m_at, m_reversed), QByteArrayView(start, open ? newline : m_next)};
    if (open) {
        m_next = static_cast<const char *>(std::memchr(m_next, '\n', static_cast<size_t>(m_end - m_next))) + 1;
    }
}

QByteArray Hunk::oldText() const
{
    return textWithout(*this, DiffLine::Kind::Add);
}

QByteArray Hunk::newText() const
{
    return textWithout(*this, DiffLine::Kind::Remove);
}

bool FileDiff::isSymlink() const
{
    const auto saysLink = [](std::optional<int> mode) {
        return mode && (*mode & fileTypeBits) == symlinkType;
    };
    return saysLink(newMode) || saysLink(oldMode);
}

int FileDiff::added() const
{
    return sumOf(hunks, &Hunk::added);
}

int FileDiff::removed() const
{
    return sumOf(hunks, &Hunk::removed);
}

Hunk reversed(Hunk hunk)
{
    std::swap(hunk.oldStart, hunk.newStart);
    std::swap(hunk.oldCount, hunk.newCount);
    std::swap(hunk.added, hunk.removed);
    std::swap(hunk.oldEndsOpen, hunk.newEndsOpen);
    hunk.reversed = !hunk.reversed;
    return hunk;
}

FileDiff reversed(const FileDiff &diff)
{
    FileDiff back = diff;
    back.action = reversedAction(diff.action);
    std::swap(back.oldPath, back.newPath);
    std::swap(back.oldMode, back.newMode);
    std::swap(back.oldBlob, back.newBlob);
    std::transform(diff.hunks.begin(), diff.hunks.end(), back.hunks.begin(),
                   [](const Hunk &hunk) { return reversed(hunk); });
    if (diff.binary && diff.binary->backward) {
        back.binary = std::make_shared<BinaryPatch>(BinaryPatch{*diff.binary->backward, diff.binary->forward});
    } else {
        back.binary = nullptr;
    }
    return back;
}

} // namespace PatchPanel::Patch
