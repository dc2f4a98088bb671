#pragma once

#include "services/patch/diffparser.h"
#include "services/patch/jsonreader.h"
#include "services/patch/task.h"
#include "services/patch/taskproblems.h"

namespace PatchPanel::Patch {

class ReadContext;

// Reads single mutations of a task file. Writes what is wrong into the problems it was given; what it returns is only
// good when there are none.
class TaskOpReader {
public:
    TaskOpReader(ReadContext &context, TaskProblems &problems);

    // One member of "mutations".
    Op read(const JsonNode &node, const QString &pointer) const;

    // {"target_file", "patch": {"pattern", "replacement"}}: a replacement of all matches, "." matching line ends too,
    // groups as Python writes them.
    Op readRegex(const JsonNode &task, const QString &pointer) const;

    // {"target_file", "patch": "…"}: a unified diff, or contents when "patchAs" says so.
    Op readTextPatch(const JsonNode &task, const QString &pointer) const;

    // A Diff op of `text`; with `path`, hunks without a header of their own are about that file.
    Op diffOp(QByteArray text, const QString &path, const QString &pointer, qsizetype offset) const;
    // The same of a text that was read as `diff` already.
    Op parsedDiffOp(const QByteArray &text, Diff diff, const QString &path, const QString &pointer,
                    qsizetype offset) const;

private:
    QString target(const JsonNode &task, const QString &pointer) const;

    ReadContext &m_context;
    TaskProblems &m_problems;
};

} // namespace PatchPanel::Patch
