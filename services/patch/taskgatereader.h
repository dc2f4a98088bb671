#pragma once

#include "services/patch/task.h"
#include "services/patch/taskobject.h"

namespace PatchPanel::Patch {

class ReadContext;

// Reads the parts of a task that are no mutations: commands, services, the git step, flags.
class TaskGateReader {
public:
    // `timeout` is the task's own for its commands; a command's own goes first.
    TaskGateReader(Task &task, const ReadContext &context, std::chrono::milliseconds timeout);

    // "network" of the task: what its commands have that say nothing themselves. Before the commands.
    void readNetwork(TaskObject &task) { readNetwork(task, m_network); }
    // {"shell": […]}, a list, or one string, each command a string or {"run", "timeoutMs", "cwd", "env", "network"}.
    // A "validate" that holds only booleans is read as flags. Nothing when `node` is null.
    void readGates(const JsonNode *node, const QString &pointer, Phase phase, TaskProblems &problems);

    // Whether a key of a task makes something happen: commands, services, git, flags.
    static bool acts(const QByteArray &key);

    void readServices(TaskObject &task);
    void readGit(TaskObject &task);
    void readFlags(TaskObject &object);

private:
    void readNetwork(TaskObject &object, Network &network);
    void readCommand(const JsonNode &node, const QString &pointer, const Gate &defaults, TaskProblems &problems);
    void readCommands(const JsonNode &node, const QString &pointer, const Gate &defaults, TaskProblems &problems);
    void readSettings(TaskObject &object, Gate &gate);
    void readGitObject(const JsonNode &node, const QString &pointer, TaskProblems &problems);

    Task &m_task;
    const ReadContext &m_context;
    std::chrono::milliseconds m_timeout;
    Network m_network = Network::Shared;
};

} // namespace PatchPanel::Patch
