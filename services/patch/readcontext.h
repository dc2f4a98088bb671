#pragma once

#include "services/common/result.h"
#include "services/patch/taskreader.h"

#include <QHash>

namespace PatchPanel::Patch {

// What the parts of the reader share about the world around the task file: where its paths may lead and what lies
// beside it. Owned by examineTask for one task.
class ReadContext {
public:
    ReadContext(const QString &workspaceRoot, const ReadOptions &options);

    const QString &workspaceRoot() const { return m_workspaceRoot; }
    // confinedPath() of the path as it stands here, after ReadOptions::mappedRoots.
    Result<QString> confined(const QString &path) const;
    // Gives a file of a diff its names as they stand here: after ReadOptions::strip, mapped and confined.
    Result<void> takeNames(FileDiff &file) const;
    HunkCounts hunkCounts() const { return m_options.hunkCounts; }

    // The contents of a "contentsFrom". All of a task's files together are at most 64 MiB.
    Result<QByteArray> fileBeside(const QString &name);
    // What fileBeside() read: names and SHA-256, in the order of the names.
    QList<FileBeside> filesRead() const;

private:
    // The path in the workspace that an absolute path of the task means, absolute; the path itself when no mapping
    // takes it.
    QString mapped(const QString &path) const;

    QString m_workspaceRoot;
    const ReadOptions &m_options;
    QHash<QString, QByteArray> m_files;
    qsizetype m_fileBytes = 0;
};

} // namespace PatchPanel::Patch
