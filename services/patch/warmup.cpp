#include "services/patch/warmup.h"

#include "services/patch/sandbox.h"

#include <git2.h>

namespace PatchPanel::Patch {

void startLibgit2()
{
    static const int initialised = git_libgit2_init();
    Q_UNUSED(initialised);
}

void warmUp(const QString &workspace, const std::stop_token &stop)
{
    startLibgit2();
    if (const Result<WorkspaceRoot> root = WorkspaceRoot::open(workspace)) {
        Sandbox::tryOut(*root, stop);
    }
}

} // namespace PatchPanel::Patch
