#include "services/patch/taskdocument.h"

#include "services/patch/readcontext.h"
#include "services/patch/taskgatereader.h"
#include "services/patch/taskobject.h"
#include "services/patch/taskopreader.h"

#include <algorithm>
#include <array>

namespace PatchPanel::Patch {

namespace {

constexpr int maxWrappers = 2;
constexpr int mostRetries = 10;
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

// {"preflight", "execution", "validation", "options"}; of a block, "execution" is an object of settings.
bool isOperational(const JsonNode &node)
{
    const JsonNode *execution = node.find("execution");
    return !node.find("mutations")
        && (node.find("validation") || (execution && !execution->isObject())
            || (node.find("preflight") && node.find("options")));
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

TaskDocument::TaskDocument(Task &task, ReadContext &context, TaskProblems &problems)
    : m_task(task)
    , m_context(context)
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
        m_problems.add(ProblemCode::NotATask, pointer, node.offset,
                       QStringLiteral("A task is a JSON object; found %1.").arg(node.kindName()), {},
                       QStringLiteral("an object"));
        return;
    }
    const JsonNode *patch = node.find("patch");
    if (node.find("mutations")) {
        m_task.dialect = isBlock(node) ? QStringLiteral("block") : QStringLiteral("native");
        readWhole(node, pointer);
    } else if (patch && patch->isString()) {
        m_task.dialect = QStringLiteral("text patch");
        m_task.ops.append(TaskOpReader(m_context, m_problems).readTextPatch(node, pointer));
        readWhole(node, pointer);
    } else if (patch) {
        readPatchObject(node, pointer, wrappers);
    } else if (node.find("payload")) {
        readEnvelope(node, "payload", pointer, wrappers);
    } else if (isOperational(node)) {
        readOperational(node, pointer);
    } else if (hasGates(node)) {
        m_task.dialect = isBlock(node) ? QStringLiteral("block") : QStringLiteral("gates only");
        readWhole(node, pointer);
    } else {
        readWhole(node, pointer); // its warnings name the keys that were misspelt
        m_problems.add(
            ProblemCode::NotATask, pointer, node.offset,
            QStringLiteral("This object is no task: it has neither mutations nor a patch nor commands."),
            QStringLiteral("Expected \"mutations\", \"patch\" or one of \"pre\", \"build\", \"validate\", \"test\"."),
            QStringLiteral("\"mutations\", \"patch\" or commands"));
    }
}

void TaskDocument::readPatchObject(const JsonNode &node, const QString &pointer, int wrappers)
{
    const JsonNode &patch = *node.find("patch");
    const QString patchPointer = pointerTo(pointer, "patch");
    if (patch.isObject() && hasAny(patch, {"pattern", "replacement"})) {
        m_task.dialect = QStringLiteral("regex");
        m_task.ops.append(TaskOpReader(m_context, m_problems).readRegex(node, pointer));
        readWhole(node, pointer);
    } else if (patch.isObject() && isOperational(patch)) {
        keepAsMetadata(node, pointer, "patch");
        readOperational(patch, patchPointer);
    } else if (patch.isObject() && isWholeTask(patch)) {
        readEnvelope(node, "patch", pointer, wrappers);
    } else if (patch.isObject()) {
        m_problems.add(ProblemCode::NotATask, patchPointer, patch.offset,
                       QStringLiteral("\"patch\" has none of the keys that tell what it is."),
                       QStringLiteral("Expected \"mutations\"; \"pattern\" and \"replacement\"; or \"preflight\", "
                                      "\"execution\" and \"validation\"."),
                       QStringLiteral("\"mutations\", \"pattern\" or \"execution\""));
    } else {
        m_problems.add(ProblemCode::WrongType, patchPointer, patch.offset,
                       QStringLiteral("Expected a string or an object, found %1.").arg(patch.kindName()), {},
                       QStringLiteral("a string or an object"));
    }
}

void TaskDocument::readEnvelope(const JsonNode &node, const char *key, const QString &pointer, int wrappers)
{
    const JsonNode &inner = *node.find(key);
    const QString innerPointer = pointerTo(pointer, QByteArrayView(key));
    if (wrappers == maxWrappers) {
        m_problems.add(ProblemCode::NotATask, innerPointer, inner.offset,
                       QStringLiteral("The task is wrapped more than %1 times.").arg(maxWrappers));
        return;
    }
    if (!inner.isObject()) {
        m_problems.add(ProblemCode::WrongType, innerPointer, inner.offset,
                       QStringLiteral("Expected a whole task, found %1.").arg(inner.kindName()), {},
                       QStringLiteral("a whole task"));
        return;
    }
    keepAsMetadata(node, pointer, key);
    readAny(inner, innerPointer, wrappers + 1);
    m_task.dialect = QStringLiteral("envelope");
    const JsonNode *id = node.find("id");
    setIfEmpty(m_task.id, id && id->isString() ? id->string() : QString());
}

// What stands around a wrapped task. It has no effect, but for a word that keeps the task from running.
void TaskDocument::keepAsMetadata(const JsonNode &node, const QString &pointer, QByteArrayView except)
{
    for (const JsonMember &member : node.members) {
        if (member.key == except) {
            continue;
        }
        m_task.metadata.insert(QString::fromUtf8(member.key), member.value.toJsonValue());
        if (member.key == "disabledByDefault") {
            m_task.flags.disabledByDefault = m_task.flags.disabledByDefault || member.value.boolean;
        } else if (TaskGateReader::acts(member.key)) {
            m_problems.warn(ProblemCode::RedundantKey, pointerTo(pointer, member.key), member.keyOffset,
                            QStringLiteral("\"%1\" stands outside the wrapped task and has no effect")
                                .arg(QString::fromUtf8(member.key)));
        }
    }
}

void TaskDocument::readHead(TaskObject &object)
{
    if (const auto version = object.integer({"schemaVersion"}, 1); version && *version != 1) {
        m_problems.add(ProblemCode::SchemaVersion, object.takenPointer(), object.node().find("schemaVersion")->offset,
                       QStringLiteral("The schema version %1 is not known.").arg(*version),
                       QStringLiteral("Expected 1."), QStringLiteral("1"));
    }
    setIfEmpty(m_task.id, object.text({"id", "blockId"}));
    setIfEmpty(m_task.version, object.text({"version"}));
    setIfEmpty(m_task.phase, object.text({"phase"}));
    setIfEmpty(m_task.title, object.text({"title", "name"}));
    setIfEmpty(m_task.description, object.text({"description"}));
    if (const auto retries = object.integer({"retry"}, 0)) {
        m_task.retries = *retries;
        if (*retries > mostRetries) {
            object.invalid(*object.node().find("retry"), QStringLiteral("%1 is too often.").arg(*retries), {},
                           QStringLiteral("at most %1").arg(mostRetries));
        }
    }
    m_task.nextSteps = object.texts({"nextSteps"});
    readMetadata(object);
}

void TaskDocument::readMetadata(TaskObject &object)
{
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
    const TaskOpReader ops(m_context, m_problems);
    for (std::size_t i = 0; i < mutations->items.size(); ++i) {
        m_task.ops.append(ops.read(mutations->items[i], pointerTo(pointer, static_cast<qsizetype>(i))));
    }
}

void TaskDocument::readWhole(const JsonNode &node, const QString &pointer)
{
    TaskObject object(node, pointer, m_problems);
    readHead(object);
    readMutations(object);
    if (m_task.dialect == QLatin1String("regex") || m_task.dialect == QLatin1String("text patch")) {
        object.take({"patch"});
        object.take({"patchAs"});
    }
    TaskGateReader gates(m_task, m_context, readExecution(object));
    gates.readNetwork(object);
    for (const GateKey &known : gateKeys) {
        const JsonNode *gate = object.take({known.key});
        gates.readGates(gate, pointerTo(pointer, QByteArrayView(known.key)), known.phase, m_problems);
    }
    gates.readServices(object);
    gates.readGit(object);
    gates.readFlags(object);
    object.warnUnknown();
}

// "execution" of a block: settings, of which the time-out counts.
std::chrono::milliseconds TaskDocument::readExecution(TaskObject &object)
{
    const JsonNode *execution = object.take({"execution"});
    if (!execution) {
        return defaultGateTimeout;
    }
    if (!execution->isObject()) {
        object.expect(*execution, QStringLiteral("an object"));
        return defaultGateTimeout;
    }
    TaskObject settings(*execution, object.takenPointer(), m_problems);
    const auto release = settings.integer({"autoReleaseTimeoutMs", "timeoutMs"}, 1);
    for (const JsonMember *member : settings.unknown()) {
        m_task.metadata.insert(QString::fromUtf8(member->key), member->value.toJsonValue());
    }
    return release ? std::chrono::milliseconds(*release) : defaultGateTimeout;
}

// "options" of an operational task.
std::chrono::milliseconds TaskDocument::readOptions(TaskObject &object)
{
    const JsonNode *options = object.take({"options"});
    if (!options) {
        return defaultGateTimeout;
    }
    if (!options->isObject()) {
        object.expect(*options, QStringLiteral("an object"));
        return defaultGateTimeout;
    }
    TaskObject settings(*options, object.takenPointer(), m_problems);
    const auto given = settings.integer({"timeoutMs"}, 1);
    if (const auto dryRun = settings.boolean({"dryRun"})) {
        m_task.metadata.insert(QStringLiteral("dryRun"), *dryRun);
        if (*dryRun) {
            m_problems.warn(ProblemCode::RedundantKey, settings.takenPointer(), options->find("dryRun")->offset,
                            QStringLiteral("a task cannot make its own run a dry one; whoever runs it decides"));
        }
    }
    settings.warnUnknown();
    return given ? std::chrono::milliseconds(*given) : defaultGateTimeout;
}

void TaskDocument::readOperational(const JsonNode &node, const QString &pointer)
{
    m_task.dialect = QStringLiteral("operational");
    TaskObject object(node, pointer, m_problems);
    readHead(object);
    static constexpr std::array keys{GateKey{"preflight", Phase::Pre}, GateKey{"execution", Phase::Build},
                                     GateKey{"validation", Phase::Validate}};
    TaskGateReader gates(m_task, m_context, readOptions(object));
    gates.readNetwork(object);
    for (const GateKey &known : keys) {
        const JsonNode *gate = object.take({known.key});
        gates.readGates(gate, pointerTo(pointer, QByteArrayView(known.key)), known.phase, m_problems);
    }
    gates.readFlags(object);
    object.warnUnknown();
}

} // namespace PatchPanel::Patch
