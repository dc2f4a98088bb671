#pragma once

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

namespace PatchPanel::Test {

// A gate that begins by making the file `begun` and ends when `go` is there (or after 30 s, as a failure).
inline const QString waitForGo = QStringLiteral("touch begun; i=0; while [ ! -e go ]; do i=$((i+1)); "
                                                "[ $i -lt 1500 ] || exit 1; sleep 0.02; done");

// A task that writes `made.txt`, with one validate gate when `gate` is not empty.
inline QJsonObject sampleTask(const QString &gate = {}, const QString &contents = QStringLiteral("made\n"))
{
    QJsonObject task{{QStringLiteral("schemaVersion"), 1},
                     {QStringLiteral("id"), QStringLiteral("sample")},
                     {QStringLiteral("title"), QStringLiteral("Sample")},
                     {QStringLiteral("mutations"),
                      QJsonArray{QJsonObject{{QStringLiteral("op"), QStringLiteral("upsert")},
                                             {QStringLiteral("path"), QStringLiteral("made.txt")},
                                             {QStringLiteral("contents"), contents}}}}};
    if (!gate.isEmpty()) {
        task[QStringLiteral("validate")] = QJsonObject{{QStringLiteral("shell"), QJsonArray{gate}}};
    }
    return task;
}

inline QByteArray bytesOf(const QJsonObject &task)
{
    return QJsonDocument(task).toJson();
}

} // namespace PatchPanel::Test
