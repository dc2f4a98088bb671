#include "services/patch/linediff.h"

#include "services/patch/warmup.h"

#include <git2.h>

#include <algorithm>
#include <memory>

namespace PatchPanel::Patch {

namespace {

constexpr qsizetype binaryProbeBytes = 8000;

struct PatchFree {
    void operator()(git_patch *patch) const { git_patch_free(patch); }
};

QByteArray fromFirstHunk(const QByteArray &patch)
{
    if (patch.startsWith("@@")) {
        return patch;
    }
    const qsizetype at = patch.indexOf("\n@@");
    return at < 0 ? QByteArray() : patch.mid(at + 1);
}

QByteArray textOf(git_patch *patch)
{
    git_buf buffer = GIT_BUF_INIT;
    QByteArray text;
    if (git_patch_to_buf(&buffer, patch) == 0) {
        text = QByteArray(buffer.ptr, static_cast<qsizetype>(buffer.size));
    }
    git_buf_dispose(&buffer);
    return text;
}

} // namespace

LineDiff lineDiff(const std::optional<QByteArray> &before, const std::optional<QByteArray> &after)
{
    startLibgit2();
    git_diff_options options = GIT_DIFF_OPTIONS_INIT;
    options.context_lines = 3;
    options.flags = GIT_DIFF_FORCE_TEXT;
    const auto data = [](const std::optional<QByteArray> &side) {
        return side ? side->constData() : nullptr;
    };
    const auto size = [](const std::optional<QByteArray> &side) {
        return side ? static_cast<size_t>(side->size()) : size_t(0);
    };
    git_patch *raw = nullptr;
    if (git_patch_from_buffers(&raw, data(before), size(before), "a", data(after), size(after), "b", &options) != 0) {
        return {};
    }
    const std::unique_ptr<git_patch, PatchFree> patch(raw);
    size_t added = 0;
    size_t removed = 0;
    git_patch_line_stats(nullptr, &added, &removed, patch.get());
    return {fromFirstHunk(textOf(patch.get())), static_cast<int>(added), static_cast<int>(removed)};
}

bool looksBinary(QByteArrayView bytes)
{
    return bytes.first(std::min(bytes.size(), binaryProbeBytes)).contains('\0');
}

QByteArray quotedDiffName(const QByteArray &name)
{
    QByteArray quoted;
    bool needed = false;
    for (const char c : name) {
        const auto u = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') {
            quoted += '\\';
            quoted += c;
            needed = true;
        } else if (u < 0x20 || u >= 0x7f) {
            quoted += '\\' + QByteArray::number(u, 8).rightJustified(3, '0');
            needed = true;
        } else {
            quoted += c;
        }
    }
    return needed ? '"' + quoted + '"' : name;
}

} // namespace PatchPanel::Patch
