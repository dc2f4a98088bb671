#pragma once

#include "services/patch/childprocess.h"
#include "services/patch/workspacefile.h"

namespace PatchPanel::Patch {

struct GitOutput {
    ProcessEnd end = {};
    QByteArray output = {};
    QByteArray errors = {};

    bool succeeded() const { return end.succeeded(); }
    QString line() const { return QString::fromUtf8(output).trimmed(); }
    // Why it failed, in git's words: the last lines of what it wrote.
    QString reason() const;
};

// Spawns git in the workspace: never a prompt, no background maintenance that would outlive it, and an environment
// without the GIT_* variables of whoever started us. Lives on the worker thread; the root must outlive it.
class GitCommand {
public:
    explicit GitCommand(const WorkspaceRoot &root)
        : m_root(&root)
    {
    }

    static bool isInstalled();

    // Collects both streams; for git's own short answers. Not stopped by a cancelled run: cleaning up needs them too.
    GitOutput run(const QList<QByteArray> &arguments, const QByteArray &input = {}) const;
    // Hands the output on as it comes; for what runs hooks.
    ProcessEnd run(const QList<QByteArray> &arguments, const QByteArray &input, const OutputSink &output,
                   std::chrono::milliseconds timeout, const std::stop_token &stop) const;

private:
    const WorkspaceRoot *m_root;
};

} // namespace PatchPanel::Patch
