#include "services/patch/taskgatereader.h"

#include "services/patch/readcontext.h"

#include <algorithm>
#include <array>

namespace PatchPanel::Patch {

namespace {

struct FlagName {
    const char *name;
    bool Flags::*flag;
};

constexpr std::array flagNames{
    FlagName{"enforceValidationGate", &Flags::enforceValidationGate},
    FlagName{"requireMutationProof", &Flags::requireMutationProof},
    FlagName{"requireServiceUptime", &Flags::requireServiceUptime},
    FlagName{"strictRuntimeAudit", &Flags::strictRuntimeAudit},
    FlagName{"forceRuntimeTrace", &Flags::forceRuntimeTrace},
    FlagName{"blockCommitOnError", &Flags::blockCommitOnError},
    FlagName{"disabledByDefault", &Flags::disabledByDefault},
};

bool holdsOnlyBooleans(const JsonNode &node)
{
    return node.isObject() && !node.members.empty()
        && std::all_of(node.members.begin(), node.members.end(),
                       [](const JsonMember &member) { return member.value.isBool(); });
}

bool isEnvironmentName(const QByteArray &name)
{
    return !name.isEmpty() && !name.contains('=') && !name.contains('\0');
}

} // namespace

TaskGateReader::TaskGateReader(Task &task, const ReadContext &context, std::chrono::milliseconds timeout)
    : m_task(task)
    , m_context(context)
    , m_timeout(timeout)
{
}

void TaskGateReader::readGates(const JsonNode *node, const QString &pointer, Phase phase, TaskProblems &problems)
{
    if (!node || node->isNull()) {
        return;
    }
    Gate defaults;
    defaults.phase = phase;
    defaults.timeout = m_timeout;
    defaults.network = m_network;
    if (phase == Phase::Validate && holdsOnlyBooleans(*node)) {
        TaskObject flags(*node, pointer, problems);
        readFlags(flags);
        for (const JsonMember *member : flags.unknown()) {
            m_task.metadata.insert(QString::fromUtf8(member->key), member->value.boolean);
        }
        return;
    }
    if (!node->isObject()) {
        readCommands(*node, pointer, defaults, problems);
        return;
    }
    TaskObject object(*node, pointer, problems);
    readSettings(object, defaults);
    const JsonNode *shell = object.take({"shell", "commands", "run"});
    const QString shellPointer = shell ? object.takenPointer() : QString();
    object.take({"description", "purpose", "comment", "notes", "name"});
    object.warnUnknown();
    if (shell) {
        readCommands(*shell, shellPointer, defaults, problems);
    }
}

void TaskGateReader::readCommands(const JsonNode &node, const QString &pointer, const Gate &defaults,
                                  TaskProblems &problems)
{
    if (!node.isArray()) {
        readCommand(node, pointer, defaults, problems);
        return;
    }
    for (std::size_t i = 0; i < node.items.size(); ++i) {
        readCommand(node.items[i], pointerTo(pointer, static_cast<qsizetype>(i)), defaults, problems);
    }
}

void TaskGateReader::readCommand(const JsonNode &node, const QString &pointer, const Gate &defaults,
                                 TaskProblems &problems)
{
    Gate gate = defaults;
    if (node.isString()) {
        gate.command = node.string();
    } else if (node.isObject()) {
        TaskObject object(node, pointer, problems);
        gate.command = object.text({"run", "command", "cmd", "shell"});
        readSettings(object, gate);
        object.take({"name", "description", "purpose", "comment", "id"});
        object.warnUnknown();
    } else {
        problems.add(
            ProblemCode::WrongType, pointer, node.offset,
            QStringLiteral("Expected a command as a string or {\"run\": \"…\"}, found %1.").arg(node.kindName()), {},
            QStringLiteral("a string or {\"run\": \"…\"}"));
        return;
    }
    if (gate.command.trimmed().isEmpty() || gate.command.contains(QChar(u'\0'))) {
        problems.add(ProblemCode::InvalidValue, pointer, node.offset,
                     gate.command.contains(QChar(u'\0')) ? QStringLiteral("The command has a NUL character.")
                                                         : QStringLiteral("The command is empty."),
                     QStringLiteral("Write what sh -c is to run."));
        return;
    }
    m_task.gates.append(gate);
}

void TaskGateReader::readSettings(TaskObject &object, Gate &gate)
{
    if (const auto timeout = object.integer({"timeoutMs"}, 1)) {
        gate.timeout = std::chrono::milliseconds(*timeout);
    }
    readNetwork(object, gate.network);
    const JsonNode *cwd = object.take({"cwd"});
    if (cwd && !cwd->isString()) {
        object.expect(*cwd, QStringLiteral("a string"));
    } else if (cwd && cwd->text != "." && !cwd->text.isEmpty()) {
        const Result<QString> path = m_context.confined(cwd->string());
        if (path) {
            gate.cwd = *path;
        } else {
            object.problems().add(path.error(), object.takenPointer(), cwd->offset, ProblemCode::UnsafePath);
        }
    }
    const JsonNode *environment = object.take({"env"});
    if (!environment) {
        return;
    }
    if (!environment->isObject()) {
        object.expect(*environment, QStringLiteral("an object of strings"));
        return;
    }
    const QString pointer = object.takenPointer();
    for (const JsonMember &member : environment->members) {
        const bool plain = member.value.isString() || member.value.kind == JsonNode::Kind::Number;
        if (!plain || !isEnvironmentName(member.key) || member.value.text.contains('\0')) {
            object.problems().add(ProblemCode::InvalidValue, pointerTo(pointer, member.key), member.value.offset,
                                  QStringLiteral("An environment variable needs a name without \"=\" and a string."));
            continue;
        }
        gate.environment.append({QString::fromUtf8(member.key), member.value.string()});
    }
}

void TaskGateReader::readNetwork(TaskObject &object, Network &network)
{
    if (const auto value = object.boolean({"network"})) {
        network = *value ? Network::Shared : Network::None;
    }
}

bool TaskGateReader::acts(const QByteArray &key)
{
    static constexpr std::array keys{"pre",         "preMutationValidation",
                                     "preMutation", "preMutationBuild",
                                     "preflight",   "preCommit",
                                     "build",       "postMutationBuild",
                                     "validate",    "test",
                                     "testing",     "services",
                                     "git",         "final",
                                     "mutations",   "network"};
    const auto isKey = [&key](const char *name) {
        return key == name;
    };
    return std::any_of(keys.begin(), keys.end(), isKey)
        || std::any_of(flagNames.begin(), flagNames.end(), [&key](const FlagName &flag) { return key == flag.name; });
}

void TaskGateReader::readServices(TaskObject &task)
{
    const JsonNode *services = task.take({"services"});
    if (!services) {
        return;
    }
    if (!services->isArray()) {
        task.expect(*services, QStringLiteral("a list of {\"name\", \"url\"}"));
        return;
    }
    const QString pointer = task.takenPointer();
    for (std::size_t i = 0; i < services->items.size(); ++i) {
        const JsonNode &node = services->items[i];
        const QString itemPointer = pointerTo(pointer, static_cast<qsizetype>(i));
        Probe probe;
        if (node.isString()) {
            probe = {node.string(), node.string()};
        } else if (node.isObject()) {
            TaskObject object(node, itemPointer, task.problems());
            probe.name = object.text({"name"});
            probe.url = object.text({"url"});
            object.warnUnknown();
        }
        if (!probe.url.startsWith(QLatin1String("http://")) && !probe.url.startsWith(QLatin1String("https://"))) {
            task.problems().add(ProblemCode::InvalidValue, itemPointer, node.offset,
                                QStringLiteral("A service needs an http:// or https:// \"url\"."));
            continue;
        }
        probe.name = probe.name.isEmpty() ? probe.url : probe.name;
        m_task.services.append(probe);
    }
}

void TaskGateReader::readGit(TaskObject &task)
{
    const JsonNode *git = task.take({"git"});
    if (git) {
        const QString pointer = task.takenPointer();
        if (git->isObject()) {
            readGitObject(*git, pointer, task.problems());
        } else if (git->isBool()) {
            m_task.git.requested = git->boolean;
        } else {
            task.expect(*git, QStringLiteral("an object with \"commit\", \"branch\" or \"tag\""));
        }
    }
    const JsonNode *finalStep = task.take({"final"});
    if (!finalStep) {
        return;
    }
    if (!finalStep->isObject()) {
        task.expect(*finalStep, QStringLiteral("an object"));
        return;
    }
    TaskObject object(*finalStep, task.takenPointer(), task.problems());
    const JsonNode *finalGit = object.take({"git"});
    if (finalGit && finalGit->isObject()) {
        readGitObject(*finalGit, object.takenPointer(), task.problems());
    } else if (finalGit) {
        object.expect(*finalGit, QStringLiteral("an object with \"commit\" or \"tag\""));
    }
    const QString summary = object.text({"summary"});
    if (!summary.isEmpty()) {
        m_task.metadata.insert(QStringLiteral("summary"), summary);
    }
    object.warnUnknown();
}

void TaskGateReader::readGitObject(const JsonNode &node, const QString &pointer, TaskProblems &problems)
{
    TaskObject object(node, pointer, problems);
    GitStep &git = m_task.git;
    const auto fill = [](QString &value, const QString &given) {
        value = value.isEmpty() ? given : value;
    };
    fill(git.branch, object.text({"branch"}));
    fill(git.tag, object.text({"tag"}));
    const JsonNode *commit = object.take({"commit", "message", "commitMessage"});
    if (commit && commit->isString()) {
        fill(git.commit, commit->string());
    } else if (commit && !commit->isBool()) {
        object.expect(*commit, QStringLiteral("a string"));
    }
    const bool refused = commit && commit->isBool() && !commit->boolean;
    git.requested = git.requested || !refused;
    object.warnUnknown();
}

void TaskGateReader::readFlags(TaskObject &object)
{
    for (const FlagName &known : flagNames) {
        if (const auto value = object.boolean({known.name})) {
            m_task.flags.*known.flag = *value;
        }
    }
    // The dry check is always made; nothing is run because a file asks for it.
    object.boolean({"runDryCheck"});
    object.take({"autoExecute"});
}

} // namespace PatchPanel::Patch
