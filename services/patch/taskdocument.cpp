#include "services/patch/taskdocument.h"

#include "services/patch/taskgatereader.h"
#include "services/patch/taskobject.h"
#include "services/patch/taskopreader.h"

#include <algorithm>
#include <array>

namespace PatchPanel::Patch {

namespace {

constexpr int maxWrappers = 2;
constexpr std::chrono::milliseconds defaultGateTimeout = std::chrono::minutes(10);

bool hasAny(const JsonNode &node, std::initializer_list<const char *> keys)
{
    return std::any_of(keys.begin(), keys.end(), [&node](const char *key) { return node.find(key) != nullptr; });
}

bool isBlock(const JsonNode &node)
{
    return hasAny(node,
                  {"blockId", "preMutationValidation", "preMutation", "preMutationBuild", "postMutationBuild",
                   "preCommit", "testing", "final", "summaryFile"});
}

bool hasGates(const JsonNode &node)
{
    return hasAny(node,
                  {"pre", "build", "validate", "test", "preMutationValidation", "preMutation", "preMutationBuild",
                   "preflight", "preCommit", "postMutationBuild", "testing"});
}

bool isWholeTask(const JsonNode &node)
{
    return hasAny(node, {"mutations", "schemaVersion", "blockId"}) || hasGates(node)
        || hasAny(node, {"patch", "payload"});
}

struct GateKey {
    const char *key;
    Phase phase;
};

// In the order in which the commands run.
constexpr std::array gateKeys{
    GateKey{"pre", Phase::Pre},           GateKey{"preMutationValidation", Phase::Pre},
    GateKey{"preMutation", Phase::Pre},   GateKey{"preMutationBuild", Phase::Pre},
    GateKey{"preflight", Phase::Pre},     GateKey{"preCommit", Phase::Pre},
    GateKey{"build", Phase::Build},       GateKey{"postMutationBuild", Phase::Build},
    GateKey{"validate", Phase::Validate}, GateKey{"test", Phase::Test},
    GateKey{"testing", Phase::Test},
};

void setIfEmpty(QString &value, const QString &given)
{
    value = value.isEmpty() ? given : value;
}

} // namespace

TaskDocument::TaskDocument(Task &task, const QString &workspaceRoot, TaskProblems &problems)
    : m_task(task)
    , m_workspaceRoot(workspaceRoot)
    , m_problems(problems)
{
}

void TaskDocument::read(const JsonNode &root)
{
    readAny(root, {}, 0);
}

void TaskDocument::readAny(const JsonNode &node, const QString &pointer, int wrappers)
{
    if (!node.isObject()) {
        m_problems.add(ErrorCode::InvalidTask, pointer, node.offset,
                       QStringLiteral("A task is a JSON object; found %1.").arg(node.kindName()));
        return;
    }
    const JsonNode *patch = node.find("patch");
    const JsonNode *payload = node.find("payload");
    if (node.find("mutations")) {
        m_task.dialect = isBlock(node) ? QStringLiteral("block") : QStringLiteral("native");
        readWhole(node, pointer);
    } else if (patch && patch->isString()) {
        m_task.dialect = QStringLiteral("text patch");
        m_task.ops.append(TaskOpReader(m_workspaceRoot, m_problems).readTextPatch(node, pointer));
        readWhole(node, pointer);
    } else if (patch) {
        readPatchObject(node, pointer, wrappers);
    } else if (payload) {
        readEnvelope(node, "payload", pointer, wrappers);
    } else if (hasGates(node)) {
        m_task.dialect = isBlock(node) ? QStringLiteral("block") : QStringLiteral("gates only");
        readWhole(node, pointer);
    } else {
        readWhole(node, pointer); // its warnings name the keys that were misspelt
        m_problems.add(
            ErrorCode::InvalidTask, pointer, node.offset,
            QStringLiteral("This object is no task: it has neither mutations nor a patch nor commands."),
            QStringLiteral("Expected \"mutations\", \"patch\" or one of \"pre\", \"build\", \"validate\", \"test\"."));
    }
}

void TaskDocument::readPatchObject(const JsonNode &node, const QString &pointer, int wrappers)
{
    const JsonNode &patch = *node.find("patch");
    const QString patchPointer = pointerTo(pointer, "patch");
    if (patch.isObject() && hasAny(patch, {"pattern", "replacement"})) {
        m_task.dialect = QStringLiteral("regex");
        m_task.ops.append(TaskOpReader(m_workspaceRoot, m_problems).readRegex(node, pointer));
        readWhole(node, pointer);
    } else if (patch.isObject() && hasAny(patch, {"preflight", "execution", "validation"})
               && !patch.find("mutations")) {
        m_task.dialect = QStringLiteral("operational");
        readOperational(node, pointer);
    } else if (patch.isObject() && isWholeTask(patch)) {
        readEnvelope(node, "patch", pointer, wrappers);
    } else if (patch.isObject()) {
        m_problems.add(ErrorCode::InvalidTask, patchPointer, patch.offset,
                       QStringLiteral("\"patch\" has none of the keys that tell what it is."),
                       QStringLiteral("Expected \"mutations\"; \"pattern\" and \"replacement\"; or \"preflight\", "
                                      "\"execution\" and \"validation\"."));
    } else {
        m_problems.add(ErrorCode::InvalidTask, patchPointer, patch.offset,
                       QStringLiteral("Expected a string or an object, found %1.").arg(patch.kindName()));
    }
}

void TaskDocument::readEnvelope(const JsonNode &node, const char *key, const QString &pointer, int wrappers)
{
    const JsonNode &inner = *node.find(key);
    const QString innerPointer = pointerTo(pointer, QByteArrayView(key));
    if (wrappers == maxWrappers) {
        m_problems.add(ErrorCode::InvalidTask, innerPointer, inner.offset,
                       QStringLiteral("The task is wrapped more than %1 times.").arg(maxWrappers));
        return;
    }
    if (!inner.isObject()) {
        m_problems.add(ErrorCode::InvalidTask, innerPointer, inner.offset,
                       QStringLiteral("Expected a whole task, found %1.").arg(inner.kindName()));
        return;
    }
    for (const JsonMember &member : node.members) {
        if (member.key != key) {
            m_task.metadata.insert(QString::fromUtf8(member.key), member.value.toJsonValue());
        }
    }
    readAny(inner, innerPointer, wrappers + 1);
    m_task.dialect = QStringLiteral("envelope");
    const JsonNode *id = node.find("id");
    setIfEmpty(m_task.id, id && id->isString() ? id->string() : QString());
}

void TaskDocument::readHead(TaskObject &object)
{
    if (const auto version = object.integer({"schemaVersion"}, 1); version && *version != 1) {
        m_problems.add(ErrorCode::InvalidTask, object.takenPointer(), object.node().find("schemaVersion")->offset,
                       QStringLiteral("The schema version %1 is not known.").arg(*version),
                       QStringLiteral("Expected 1."));
    }
    setIfEmpty(m_task.id, object.text({"id", "blockId"}));
    setIfEmpty(m_task.version, object.text({"version"}));
    setIfEmpty(m_task.phase, object.text({"phase"}));
    setIfEmpty(m_task.title, object.text({"title", "name"}));
    setIfEmpty(m_task.description, object.text({"description"}));
    m_task.nextSteps = object.texts({"nextSteps"});
    const JsonNode *metadata = object.take({"metadata"});
    if (metadata && metadata->isObject()) {
        for (const JsonMember &member : metadata->members) {
            m_task.metadata.insert(QString::fromUtf8(member.key), member.value.toJsonValue());
        }
    } else if (metadata) {
        object.expect(*metadata, QStringLiteral("an object"));
    }
    // Prose and transport: kept for the report, never run.
    for (const char *key : {"role", "author", "summary", "summaryFile", "goal", "objective", "rationale", "context",
                            "notes", "comment", "date", "createdAt", "kind", "target_file", "$schema"}) {
        if (const JsonNode *node = object.take({key})) {
            m_task.metadata.insert(QString::fromUtf8(key), node->toJsonValue());
        }
    }
}

void TaskDocument::readMutations(TaskObject &object)
{
    const JsonNode *mutations = object.take({"mutations"});
    if (!mutations) {
        return;
    }
    if (!mutations->isArray()) {
        object.expect(*mutations, QStringLiteral("a list of mutations"));
        return;
    }
    const QString pointer = object.takenPointer();
    const TaskOpReader ops(m_workspaceRoot, m_problems);
    for (std::size_t i = 0; i < mutations->items.size(); ++i) {
        m_task.ops.append(ops.read(mutations->items[i], pointerTo(pointer, static_cast<qsizetype>(i))));
    }
}

void TaskDocument::readWhole(const JsonNode &node, const QString &pointer)
{
    TaskObject object(node, pointer, m_problems);
    readHead(object);
    readMutations(object);
    object.take({"patch", "patchAs"});

    std::chrono::milliseconds timeout = defaultGateTimeout;
    const JsonNode *execution = object.take({"execution"});
    if (execution && execution->isObject()) {
        TaskObject settings(*execution, object.takenPointer(), m_problems);
        const auto release = settings.integer({"autoReleaseTimeoutMs", "timeoutMs"}, 1);
        timeout = release ? std::chrono::milliseconds(*release) : timeout;
        for (const JsonMember *member : settings.unknown()) {
            m_task.metadata.insert(QString::fromUtf8(member->key), member->value.toJsonValue());
        }
    } else if (execution) {
        object.expect(*execution, QStringLiteral("an object"));
    }

    TaskGateReader gates(m_task, m_workspaceRoot, timeout);
    for (const GateKey &known : gateKeys) {
        const JsonNode *gate = object.take({known.key});
        gates.readGates(gate, pointerTo(pointer, QByteArrayView(known.key)), known.phase, m_problems);
    }
    gates.readServices(object);
    gates.readGit(object);
    gates.readFlags(object);
    object.warnUnknown();
}

void TaskDocument::readOperational(const JsonNode &node, const QString &pointer)
{
    const QString patchPointer = pointerTo(pointer, "patch");
    TaskObject object(*node.find("patch"), patchPointer, m_problems);
    readHead(object);
    std::chrono::milliseconds timeout = defaultGateTimeout;
    const JsonNode *options = object.take({"options"});
    if (options && options->isObject()) {
        TaskObject settings(*options, object.takenPointer(), m_problems);
        const auto given = settings.integer({"timeoutMs"}, 1);
        timeout = given ? std::chrono::milliseconds(*given) : timeout;
        if (const auto dryRun = settings.boolean({"dryRun"})) {
            m_task.metadata.insert(QStringLiteral("dryRun"), *dryRun);
        }
        settings.warnUnknown();
    } else if (options) {
        object.expect(*options, QStringLiteral("an object"));
    }
    static constexpr std::array keys{GateKey{"preflight", Phase::Pre}, GateKey{"execution", Phase::Build},
                                     GateKey{"validation", Phase::Validate}};
    TaskGateReader gates(m_task, m_workspaceRoot, timeout);
    for (const GateKey &known : keys) {
        const JsonNode *gate = object.take({known.key});
        gates.readGates(gate, pointerTo(patchPointer, QByteArrayView(known.key)), known.phase, m_problems);
    }
    gates.readFlags(object);
    object.warnUnknown();
    for (const JsonMember &member : node.members) {
        if (member.key != "patch") {
            m_task.metadata.insert(QString::fromUtf8(member.key), member.value.toJsonValue());
        }
    }
}

} // namespace PatchPanel::Patch
