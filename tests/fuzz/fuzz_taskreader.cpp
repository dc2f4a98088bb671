#include "services/patch/taskreader.h"

#include <cstddef>
#include <cstdint>

// Any bytes are a task or a clear error, never a crash. Every path of a task that was read is confined.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const QString root = QStringLiteral("/workspace");
    const auto task = PatchPanel::Patch::readTask(QByteArrayView(data, static_cast<qsizetype>(size)),
                                                  QStringLiteral("fuzz.json"), root);
    if (!task) {
        if (task.error().message.isEmpty()) {
            __builtin_trap();
        }
        return 0;
    }
    for (const PatchPanel::Patch::Op &op : task->ops) {
        if (!op.path.isEmpty() && !PatchPanel::Patch::confinedPath(op.path, root)) {
            __builtin_trap();
        }
    }
    return 0;
}
