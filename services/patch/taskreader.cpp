#include "services/patch/taskreader.h"

#include "services/common/ids.h"
#include "services/patch/diffparser.h"
#include "services/patch/readcontext.h"
#include "services/patch/taskdocument.h"
#include "services/patch/taskopreader.h"

#include <QJsonArray>

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

bool isUtf16(QByteArrayView bytes)
{
    return bytes.startsWith("\xff\xfe") || bytes.startsWith("\xfe\xff");
}

void readJsonTask(QByteArrayView bytes, Task &task, ReadContext &context, TaskProblems &problems)
{
    QList<DuplicateKey> duplicates;
    const Result<JsonNode> root = readJson(bytes, duplicates);
    for (const DuplicateKey &duplicate : std::as_const(duplicates)) {
        problems.add(ProblemCode::DuplicateKey, duplicate.pointer, duplicate.offset,
                     QStringLiteral("This key stands twice in its object."), QStringLiteral("Keep one of the two."));
    }
    if (!root) {
        const QJsonObject &details = root.error().details;
        problems.add(problemCodeFromName(details.value(QStringLiteral("problem")).toString()), {},
                     details.value(QStringLiteral("offset")).toInteger(), root.error().message, root.error().hint);
        return;
    }
    TaskDocument(task, context, problems).read(*root);
}

void readDiffTask(const QByteArray &bytes, Task &task, ReadContext &context, TaskProblems &problems)
{
    Result<Diff> diff = parseDiff(bytes, HunkCounts::Recounted);
    if (!diff) {
        problems.add(diff.error(), {}, -1, ProblemCode::InvalidDiff);
        return;
    }
    if (diff->files.isEmpty()) {
        problems.add(ProblemCode::NotATask, {}, -1,
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
    task.ops.append(TaskOpReader(context, problems).parsedDiffOp(bytes, *std::move(diff), {}, {}, -1));
}

void readAny(const QByteArray &bytes, Task &task, ReadContext &context, TaskProblems &problems)
{
    if (bytes.size() > maxTaskBytes) {
        problems.add(
            ProblemCode::TooLarge, {}, -1,
            QStringLiteral("The file has %1 bytes; a task has at most %2.").arg(bytes.size()).arg(maxTaskBytes));
    } else if (isUtf16(bytes)) {
        problems.add(ProblemCode::InvalidUtf8, {}, 0, QStringLiteral("The file begins with a UTF-16 byte order mark."),
                     QStringLiteral("Save it as UTF-8."));
    } else if (beginsLikeJson(bytes)) {
        readJsonTask(bytes, task, context, problems);
    } else {
        readDiffTask(bytes, task, context, problems);
    }
}

QString warningText(const TaskProblem &warning)
{
    const QString place = warning.where();
    QString text = place.isEmpty() ? warning.message : place + QStringLiteral(": ") + warning.message;
    return warning.hint.isEmpty() ? text : text + QStringLiteral("; ") + warning.hint;
}

} // namespace

Error TaskReading::error() const
{
    const TaskProblem &first = problems.first();
    Error error{errorCodeOf(first.code), first.message, first.hint, first.where()};
    QJsonArray list;
    for (const TaskProblem &problem : problems) {
        list.append(problem.toJson());
    }
    error.details.insert(QStringLiteral("problems"), list);
    if (problems.size() > 1) {
        error.message += QStringLiteral(" (and %1 more)").arg(problems.size() - 1);
    }
    return error;
}

TaskReading examineTask(const QByteArray &bytes, const QString &fileName, const QString &workspaceRoot,
                        const ReadOptions &options)
{
    using enum TaskProblems::Warnings;
    TaskProblems problems(bytes, options.strict ? Refused : Allowed);
    ReadContext context(workspaceRoot, options);
    TaskReading reading;
    Task &task = reading.task;
    task.file = fileName;
    if (bytes.size() <= maxTaskBytes) {
        task.sha256 = sha256Hex(bytes);
    }
    readAny(bytes, task, context, problems);
    task.filesBeside = context.filesRead();
    reading.problems = problems.problems();
    reading.warnings = problems.warnings();
    for (const TaskProblem &warning : std::as_const(reading.warnings)) {
        task.warnings.append(warningText(warning));
    }
    return reading;
}

Result<Task> readTask(const QByteArray &bytes, const QString &fileName, const QString &workspaceRoot,
                      const ReadOptions &options)
{
    const TaskReading reading = examineTask(bytes, fileName, workspaceRoot, options);
    return reading.ok() ? Result<Task>(reading.task) : reading.error();
}

} // namespace PatchPanel::Patch
