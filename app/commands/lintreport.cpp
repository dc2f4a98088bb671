#include "app/commands/lintreport.h"

#include "app/commands/shownsafely.h"

#include <QJsonArray>

#include <algorithm>
#include <numeric>

namespace PatchPanel::App {

namespace {

using Patch::Severity;
using Patch::TaskProblem;

struct SeverityWord {
    const char *word;
    const char *color;
};

SeverityWord wordOf(Severity severity)
{
    switch (severity) {
    case Severity::Error:
        return {"error", "\033[31m"};
    case Severity::Warning:
        return {"warning", "\033[33m"};
    case Severity::Note:
        break;
    }
    return {"note", "\033[36m"};
}

QString headOf(const QString &file, const TaskProblem &finding, Ansi ansi)
{
    const SeverityWord word = wordOf(finding.severity);
    const QString shownWord = ansi == Ansi::Plain
        ? QLatin1String(word.word)
        : QLatin1String(word.color) + QLatin1String(word.word) + QStringLiteral("\033[0m");
    const QString place = finding.line > 0 ? QStringLiteral(":%1:%2").arg(finding.line).arg(finding.column) : QString();
    const QString message = QString::fromUtf8(shownSafely(finding.message.toUtf8()));
    return QStringLiteral("%1%2: %3: %4 [%5]\n").arg(file, place, shownWord, message, Patch::toString(finding.code));
}

QString detailsOf(const TaskProblem &finding)
{
    QString text;
    const auto line = [&text](const QString &label, const QString &value) {
        if (!value.isEmpty()) {
            text += QStringLiteral("    %1 %2\n").arg(label.leftJustified(9), value);
        }
    };
    line(QStringLiteral("at"), finding.pointer);
    line(QStringLiteral("found"), finding.found);
    line(QStringLiteral("expected"), finding.expected);
    line(QStringLiteral("hint"), finding.hint);
    return QString::fromUtf8(shownSafely(text.toUtf8()));
}

QString counted(int count, const QString &word)
{
    return QStringLiteral("%1 %2%3").arg(count).arg(word, count == 1 ? QString() : QStringLiteral("s"));
}

QString summaryOf(const LintedFile &file)
{
    const int errors = file.count(Severity::Error);
    const int warnings = file.count(Severity::Warning);
    const QString dialect = file.dialect.isEmpty() ? QString() : QStringLiteral(" (%1)").arg(file.dialect);
    if (errors + warnings == 0) {
        return QStringLiteral("%1: clean%2\n").arg(file.name, dialect);
    }
    return QStringLiteral("%1: %2, %3%4\n")
        .arg(file.name, counted(errors, QStringLiteral("error")), counted(warnings, QStringLiteral("warning")),
             dialect);
}

int total(const QList<LintedFile> &files, Severity severity)
{
    return std::accumulate(files.begin(), files.end(), 0,
                           [severity](int sum, const LintedFile &file) { return sum + file.count(severity); });
}

QJsonObject fileJson(const LintedFile &file)
{
    const int errors = file.count(Severity::Error);
    const int warnings = file.count(Severity::Warning);
    QJsonArray findings;
    for (const TaskProblem &finding : file.findings) {
        findings.append(finding.toJson());
    }
    const char *status = errors > 0 ? "errors" : warnings > 0 ? "warnings" : "clean";
    return {{QStringLiteral("file"), file.name},
            {QStringLiteral("dialect"), file.dialect},
            {QStringLiteral("status"), QLatin1String(status)},
            {QStringLiteral("errors"), errors},
            {QStringLiteral("warnings"), warnings},
            {QStringLiteral("problems"), findings}};
}

} // namespace

int LintedFile::count(Severity severity) const
{
    return static_cast<int>(std::count_if(findings.begin(), findings.end(), [severity](const TaskProblem &finding) {
        return finding.severity == severity;
    }));
}

LintedFile lintedFile(const QString &name, const Patch::TaskReading &reading)
{
    LintedFile file{name, reading.task.dialect, reading.problems + reading.warnings};
    std::stable_sort(file.findings.begin(), file.findings.end(), [](const TaskProblem &left, const TaskProblem &right) {
        return std::pair(left.line, left.column) < std::pair(right.line, right.column);
    });
    return file;
}

QByteArray lintText(const QList<LintedFile> &files, Ansi ansi)
{
    QString text;
    for (const LintedFile &file : files) {
        for (const TaskProblem &finding : file.findings) {
            text += headOf(file.name, finding, ansi) + detailsOf(finding);
        }
        text += summaryOf(file);
    }
    return text.toUtf8();
}

QJsonObject lintJson(const QList<LintedFile> &files)
{
    QJsonArray list;
    for (const LintedFile &file : files) {
        list.append(fileJson(file));
    }
    return {{QStringLiteral("errors"), total(files, Severity::Error)},
            {QStringLiteral("warnings"), total(files, Severity::Warning)},
            {QStringLiteral("files"), list}};
}

} // namespace PatchPanel::App
