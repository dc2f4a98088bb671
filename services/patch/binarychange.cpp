#include "services/patch/binarychange.h"

#include "services/patch/diffheader.h"

#include <algorithm>

namespace PatchPanel::Patch {

namespace {

constexpr qsizetype idLength = 40; // a SHA-1, hexadecimal

bool isNothing(QByteArrayView id)
{
    return std::all_of(id.begin(), id.end(), [](char c) { return c == '0'; });
}

bool isId(QByteArrayView blob, QByteArrayView contents, bool absent)
{
    return absent ? isNothing(blob) : gitBlobId(contents) == blob;
}

} // namespace

Result<std::optional<QByteArray>> applyBinary(QByteArrayView before, const FileDiff &diff)
{
    if (diff.oldBlob.size() != idLength || diff.newBlob.size() != idLength) {
        return diffError(diff.patchLine,
                         QStringLiteral("The binary data cannot be checked: the whole blob ids are missing."),
                         QStringLiteral("Make the diff with git diff --binary, in a SHA-1 repository."));
    }
    const bool creates = diff.action == DiffAction::Create;
    const bool deletes = diff.action == DiffAction::Delete;
    if (!creates && !deletes && isId(diff.newBlob, before, false)) {
        return std::optional<QByteArray>();
    }
    if (!isId(diff.oldBlob, before, creates)) {
        return Error{ErrorCode::DoesNotApply,
                     QStringLiteral("The binary file has other contents than the diff was made for."),
                     QStringLiteral("Make the task again from the file as it is now.")};
    }
    Result<QByteArray> after = applyBinaryBlock(before.toByteArray(), diff.binary->forward);
    if (!after) {
        return after.error();
    }
    if (!isId(diff.newBlob, *after, deletes)) {
        return diffError(diff.patchLine,
                         QStringLiteral("The binary data do not give the contents that the index line names."),
                         QStringLiteral("The diff is damaged: make it again."));
    }
    return std::optional(*std::move(after));
}

} // namespace PatchPanel::Patch
