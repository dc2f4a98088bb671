#pragma once

#include "services/common/result.h"
#include "services/common/runsettings.h"
#include "services/patch/childprocess.h"
#include "services/patch/task.h"
#include "services/patch/workspacefile.h"

#include <QStringList>

#include <optional>
#include <stop_token>

namespace PatchPanel::Patch {

// Whether the commands of a run are kept to the workspace, as the run says it.
struct SandboxReport {
    enum class State { NotNeeded, Off, On };

    State state = State::NotNeeded;
    QString why = {}; // what it does; why it is off
};

QString toString(SandboxReport::State state); // "notNeeded", "off", "on"

// The sandbox of commands, by bubblewrap (bwrap(1)). It guards against accidents, not against a hostile task:
// - The whole file system is read-only, but for the workspace, the folders of temporary files (/tmp, /var/tmp, $TMPDIR:
//   commands hand each other files there, as they do without a sandbox) and the caches that build tools keep in the
//   home folder, so that a build stays as fast as outside.
// - `.git` (also where it lies elsewhere: of a worktree, a submodule) and `.patchpanel` are read-only.
// - Processes are in a PID namespace of their own; /proc and /dev are fresh, with the usual devices only.
// - The network is there, unless the command says otherwise.
// A value, for one run.
class Sandbox {
public:
    // Never wraps anything.
    Sandbox() = default;
    // Tries it beforehand, without the folders of a repository, so that forRun() has the answer.
    static void tryOut(const WorkspaceRoot &root, const std::stop_token &stop);
    // Tries it once per process with the same arguments, so that the answer is about this machine. Unavailable when it
    // is required and does not work. `readOnly`: folders that are so even where they would be writable. `repository`:
    // the folders of git, where they are known; else git is asked. Blocking, a few milliseconds.
    static Result<Sandbox> forRun(const WorkspaceRoot &root, SandboxMode mode, const QList<QString> &readOnly = {},
                                  const std::optional<QStringList> &repository = {});

    bool isOn() const { return m_report.state == SandboxReport::State::On; }
    const SandboxReport &report() const { return m_report; }

    // The same command inside the sandbox; `folder` is where it starts, absolute. As it was when the sandbox is off.
    ProcessSpec wrapped(ProcessSpec spec, const QString &folder, Network network) const;
    // How a command ended: bubblewrap tells of a signal as a shell does, by an exit code of 128 + n.
    ProcessEnd unwrapped(ProcessEnd end) const;

private:
    SandboxReport m_report = {SandboxReport::State::Off, QStringLiteral("not asked for")};
    QList<QByteArray> m_arguments; // of bwrap, but for folder, network and command
};

} // namespace PatchPanel::Patch
