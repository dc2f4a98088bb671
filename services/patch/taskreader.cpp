#include "services/patch/taskreader.h"

#include "services/common/ids.h"
#include "services/patch/diffparser.h"
#include "services/patch/taskdocument.h"
#include "services/patch/taskopreader.h"

namespace PatchPanel::Patch {

namespace {

constexpr qsizetype maxTaskBytes = 64 * 1024 * 1024;

bool beginsLikeJson(QByteArrayView bytes)
{
    if (bytes.startsWith("\xef\xbb\xbf")) {
        bytes = bytes.sliced(3);
    }
    const QByteArrayView text = bytes.trimmed();
    return text.startsWith('{') || text.startsWith('[');
}

void readJsonTask(QByteArrayView bytes, Task &task, const QString &workspaceRoot, TaskProblems &problems)
{
    const Result<JsonText> json = readJson(bytes);
    if (!json) {
        problems.add(ErrorCode::InvalidTask, {}, json.error().details.value(QStringLiteral("offset")).toInteger(),
                     json.error().message, json.error().hint);
        return;
    }
    for (const DuplicateKey &duplicate : json->duplicates) {
        problems.add(ErrorCode::InvalidTask, duplicate.pointer, duplicate.offset,
                     QStringLiteral("This key stands twice in its object."), QStringLiteral("Keep one of the two."));
    }
    TaskDocument(task, workspaceRoot, problems).read(json->root);
}

void readDiffTask(const QByteArray &bytes, Task &task, const QString &workspaceRoot, TaskProblems &problems)
{
    Result<Diff> diff = parseDiff(bytes, HunkCounts::Recounted);
    if (!diff) {
        problems.add(diff.error(), {}, -1);
        return;
    }
    if (diff->files.isEmpty()) {
        problems.add(ErrorCode::InvalidTask, {}, -1,
                     QStringLiteral("This file is neither a JSON task nor a unified diff."),
                     QStringLiteral("A JSON task begins with {; a diff names files with --- and +++ lines."));
        return;
    }
    task.dialect = QStringLiteral("diff");
    task.title = diff->mail.subject;
    if (!diff->mail.author.isEmpty()) {
        task.metadata.insert(QStringLiteral("author"), diff->mail.author);
    }
    if (!diff->mail.date.isEmpty()) {
        task.metadata.insert(QStringLiteral("date"), diff->mail.date);
    }
    task.ops.append(TaskOpReader(workspaceRoot, problems).parsedDiffOp(bytes, *std::move(diff), {}, {}, -1));
}

} // namespace

Result<Task> readTask(const QByteArray &bytes, const QString &fileName, const QString &workspaceRoot)
{
    TaskProblems problems(bytes);
    Task task;
    task.file = fileName;
    task.sha256 = sha256Hex(bytes);
    if (bytes.size() > maxTaskBytes) {
        problems.add(
            ErrorCode::InvalidTask, {}, -1,
            QStringLiteral("The file has %1 bytes; a task has at most %2.").arg(bytes.size()).arg(maxTaskBytes));
    } else if (beginsLikeJson(bytes)) {
        readJsonTask(bytes, task, workspaceRoot, problems);
    } else {
        readDiffTask(bytes, task, workspaceRoot, problems);
    }
    if (!problems.isEmpty()) {
        return problems.toError();
    }
    task.warnings = problems.warnings();
    return task;
}

} // namespace PatchPanel::Patch
