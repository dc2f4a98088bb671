#include "services/patch/filediff.h"

#include <algorithm>
#include <utility>

namespace PatchPanel::Patch {

namespace {

constexpr int fileTypeBits = 0170000;
constexpr int symlinkType = 0120000;

QList<QByteArray> linesWithout(const QList<DiffLine> &lines, DiffLine::Kind unwanted)
{
    QList<QByteArray> texts;
    for (const DiffLine &line : lines) {
        if (line.kind != unwanted) {
            texts.append(line.text);
        }
    }
    return texts;
}

bool isContext(const DiffLine &line)
{
    return line.kind == DiffLine::Kind::Context;
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

Hunk reversed(Hunk hunk)
{
    std::swap(hunk.oldStart, hunk.newStart);
    std::swap(hunk.oldCount, hunk.newCount);
    for (DiffLine &line : hunk.lines) {
        if (line.kind == DiffLine::Kind::Add) {
            line.kind = DiffLine::Kind::Remove;
        } else if (line.kind == DiffLine::Kind::Remove) {
            line.kind = DiffLine::Kind::Add;
        }
    }
    return hunk;
}

} // namespace

QList<QByteArray> Hunk::oldLines() const
{
    return linesWithout(lines, DiffLine::Kind::Add);
}

QList<QByteArray> Hunk::newLines() const
{
    return linesWithout(lines, DiffLine::Kind::Remove);
}

int Hunk::leadingContext() const
{
    return static_cast<int>(std::find_if_not(lines.begin(), lines.end(), isContext) - lines.begin());
}

int Hunk::trailingContext() const
{
    return static_cast<int>(std::find_if_not(lines.rbegin(), lines.rend(), isContext) - lines.rbegin());
}

bool FileDiff::isSymlink() const
{
    const auto saysLink = [](std::optional<int> mode) {
        return mode && (*mode & fileTypeBits) == symlinkType;
    };
    return saysLink(newMode) || saysLink(oldMode);
}

FileDiff reversed(const FileDiff &diff)
{
    FileDiff back = diff;
    back.action = reversedAction(diff.action);
    std::swap(back.oldPath, back.newPath);
    std::swap(back.oldMode, back.newMode);
    std::transform(diff.hunks.begin(), diff.hunks.end(), back.hunks.begin(),
                   [](const Hunk &hunk) { return reversed(hunk); });
    return back;
}

} // namespace PatchPanel::Patch
