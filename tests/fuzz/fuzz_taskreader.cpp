#include "services/patch/taskreader.h"
#include "tests/fuzz/fuzzing.h"

using namespace PatchPanel;

// Any bytes are a task or a clear error. Every path of a task that was read is confined.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const QString root = QStringLiteral("/workspace");
    const auto task = Patch::readTask(Fuzz::viewOf(data, size).toByteArray(), QStringLiteral("fuzz.json"), root);
    if (!task) {
        Fuzz::requireClear(task.error());
        return 0;
    }
    Fuzz::require(!task->displayName().isEmpty());
    for (const Patch::Op &op : task->ops) {
        for (const QString &path : {op.path, op.from}) {
            const auto confined = Patch::confinedPath(path, root);
            Fuzz::require(path.isEmpty() || (confined && *confined == path));
        }
    }
    return 0;
}
