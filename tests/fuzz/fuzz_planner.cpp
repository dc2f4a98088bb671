#include "services/patch/planner.h"
#include "services/patch/taskreader.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>

#include <cstddef>
#include <cstdint>

namespace {

// A small workspace, made once: planning writes nothing.
const QString &workspace()
{
    static const QTemporaryDir folder;
    static const QString path = [] {
        QDir(folder.path()).mkpath(QStringLiteral("config"));
        const QList<std::pair<QString, QByteArray>> files{
            {QStringLiteral("VERSION"), "3.0.0\n"},
            {QStringLiteral("README.md"), "# Title\n\n## Services\n\n- one\n- two\n\n## Use\n"},
            {QStringLiteral("config/limits.conf"), "timeout_call=30\r\nretries=3"},
        };
        for (const auto &[name, contents] : files) {
            QFile file(QDir(folder.path()).filePath(name));
            if (!file.open(QIODevice::WriteOnly) || file.write(contents) != contents.size()) {
                __builtin_trap();
            }
        }
        return folder.path();
    }();
    return path;
}

} // namespace

// Any task that can be read can be planned or refused. Covers the diff reader, the hunk search and the patterns.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    using namespace PatchPanel::Patch;
    const auto task =
        readTask(QByteArrayView(data, static_cast<qsizetype>(size)), QStringLiteral("fuzz.json"), workspace());
    if (!task) {
        return 0;
    }
    const auto plan = makePlan(*task, workspace());
    if (!plan) {
        return 0;
    }
    for (const Change &change : plan->changes) {
        (void)previewDiff(change);
    }
    return 0;
}
