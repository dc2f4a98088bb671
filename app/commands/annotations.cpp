#include "app/commands/annotations.h"

#include <QDir>
#include <QFileInfo>
#include <QJsonArray>

namespace PatchPanel::App {

namespace {

QString escapedMessage(QString text)
{
    return text.replace(u'%', QStringLiteral("%25"))
        .replace(u'\r', QStringLiteral("%0D"))
        .replace(u'\n', QStringLiteral("%0A"));
}

QString escapedProperty(const QString &text)
{
    return escapedMessage(text).replace(u':', QStringLiteral("%3A")).replace(u',', QStringLiteral("%2C"));
}

struct Annotation {
    QString file = {};
    int line = 0; // 0: none
    int column = 0;
    QString title = {};
    QString message = {};

    QByteArray text() const
    {
        QString command = QStringLiteral("::error file=") + escapedProperty(file);
        if (line > 0) {
            command += QStringLiteral(",line=%1").arg(line);
        }
        if (column > 0) {
            command += QStringLiteral(",col=%1").arg(column);
        }
        command += QStringLiteral(",title=%1::%2\n").arg(escapedProperty(title), escapedMessage(message));
        return command.toUtf8();
    }
};

QString asSeenFrom(const QString &repository, const QString &workspace, const QString &file)
{
    const QString path = QDir::cleanPath(QDir(workspace).absoluteFilePath(file));
    const QString root = repository.isEmpty() ? workspace : QDir::cleanPath(repository);
    return path.startsWith(root + u'/') ? path.mid(root.size() + 1) : path;
}

QString told(const QString &message, const QString &hint)
{
    return hint.isEmpty() ? message : message + u'\n' + hint;
}

// One of several problems, or the error itself when it has no list of them. A problem with a path is about that file,
// others are about the task.
Annotation annotationOf(const QJsonObject &problem, const QString &taskFile)
{
    const QJsonObject details = problem[QStringLiteral("details")].toObject();
    const QString path = details[QStringLiteral("path")].toString();
    const QJsonObject &place = path.isEmpty() ? problem : details;
    return {.file = path.isEmpty() ? taskFile : path,
            .line = place[QStringLiteral("line")].toInt(),
            .column = place[QStringLiteral("column")].toInt(),
            .message = told(problem[QStringLiteral("message")].toString(), problem[QStringLiteral("hint")].toString())};
}

QList<QJsonObject> problemsOf(const Error &error)
{
    QList<QJsonObject> problems;
    for (const QJsonValue &problem : error.details[QStringLiteral("problems")].toArray()) {
        if (problem[QStringLiteral("severity")].toString(QStringLiteral("error")) == QLatin1String("error")) {
            problems.append(problem.toObject());
        }
    }
    if (problems.isEmpty()) {
        problems.append(QJsonObject{{QStringLiteral("message"), error.message},
                                    {QStringLiteral("hint"), error.hint},
                                    {QStringLiteral("details"), error.details}});
    }
    return problems;
}

} // namespace

bool isGithubActions()
{
    return qgetenv("GITHUB_ACTIONS") == "true";
}

QByteArray annotations(const TaskOutcome &outcome, const QString &workspace, const QString &repository,
                       const QString &place)
{
    const std::optional<Error> error = outcome.error();
    if (!error) {
        return {};
    }
    const QFileInfo named(outcome.task); // in the current folder, else in the workspace
    const QString taskFile = named.exists() ? named.absoluteFilePath() : outcome.task;
    QByteArray text;
    for (const QJsonObject &problem : problemsOf(*error)) {
        Annotation annotation = annotationOf(problem, taskFile);
        annotation.title = QStringLiteral("PatchPanel: %1").arg(QLatin1String(traitsOf(error->code).name));
        if (!place.isEmpty()) {
            annotation.title += QStringLiteral(" in ") + place;
        }
        annotation.file = asSeenFrom(repository, workspace, annotation.file);
        text += annotation.text();
    }
    return text;
}

} // namespace PatchPanel::App
