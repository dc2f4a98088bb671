#pragma once

#include "services/patch/jsonreader.h"
#include "services/patch/task.h"
#include "services/patch/taskproblems.h"

#include <chrono>

namespace PatchPanel::Patch {

class ReadContext;
class TaskObject;

// Reads a task from its JSON value: tells the dialect (task-format.md §2), unwraps envelopes, and fills `task`, whose
// file and hash are set already. What is wrong goes into the problems.
class TaskDocument {
public:
    TaskDocument(Task &task, ReadContext &context, TaskProblems &problems);

    void read(const JsonNode &root);

private:
    void readAny(const JsonNode &node, const QString &pointer, int wrappers);
    void readPatchObject(const JsonNode &node, const QString &pointer, int wrappers);
    void readEnvelope(const JsonNode &node, const char *key, const QString &pointer, int wrappers);
    void readWhole(const JsonNode &node, const QString &pointer);
    void readOperational(const JsonNode &node, const QString &pointer);
    void readMetadata(TaskObject &object);
    std::chrono::milliseconds readExecution(TaskObject &object);
    std::chrono::milliseconds readOptions(TaskObject &object);
    void keepAsMetadata(const JsonNode &node, const QString &pointer, QByteArrayView except);
    void readHead(TaskObject &object);
    void readMutations(TaskObject &object);

    Task &m_task;
    ReadContext &m_context;
    TaskProblems &m_problems;
};

} // namespace PatchPanel::Patch
