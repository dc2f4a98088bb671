#include "services/patch/diffparser.h"
#include "tests/fuzz/fuzzing.h"

#include <algorithm>

using namespace PatchPanel;
using Patch::Diff;
using Patch::HunkCounts;

namespace {

void requireClearPlace(const Error &error, QByteArrayView text)
{
    Fuzz::requireClear(error);
    Fuzz::require(error.code == ErrorCode::InvalidTask);
    const int line = error.details.value(QStringLiteral("line")).toInt();
    Fuzz::require(line >= 1 && line <= text.count('\n') + 2);
}

void requireSound(const Diff &diff, QByteArrayView text)
{
    int last = 1;
    for (const Patch::FileDiff &file : diff.files) {
        Fuzz::require(!file.path().isEmpty());
        Fuzz::require(file.patchLine >= last && file.patchLine <= text.count('\n') + 1);
        last = file.patchLine;
        if (file.action != Patch::DiffAction::Copy) {
            const Patch::FileDiff back = Patch::reversed(Patch::reversed(file));
            Fuzz::require(back.action == file.action && back.path() == file.path());
        }
    }
}

bool sameFiles(const Diff &left, const Diff &right)
{
    return std::equal(left.files.begin(), left.files.end(), right.files.begin(), right.files.end(),
                      [](const Patch::FileDiff &a, const Patch::FileDiff &b) {
                          return a.action == b.action && a.path() == b.path() && a.hunks.size() == b.hunks.size();
                      });
}

} // namespace

// Any bytes are a diff or an error that names its line; what is read with its counts checked is read alike when they
// may be mended.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const QByteArray text = Fuzz::viewOf(data, size).toByteArray();
    const auto checked = Patch::parseDiff(text, HunkCounts::Checked);
    const auto recounted = Patch::parseDiff(text, HunkCounts::Recounted);
    for (const auto *diff : {&checked, &recounted}) {
        if (*diff) {
            requireSound(**diff, text);
        } else {
            requireClearPlace(diff->error(), text);
        }
    }
    Fuzz::require(!checked || (recounted && sameFiles(*checked, *recounted)));
    return 0;
}
