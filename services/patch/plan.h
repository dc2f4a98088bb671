#pragma once

#include "services/patch/blob.h"
#include "services/patch/hunklocator.h"
#include "services/patch/task.h"

#include <QByteArray>
#include <QJsonObject>
#include <QList>
#include <QString>

#include <memory>
#include <optional>

namespace PatchPanel::Patch {

enum class ChangeKind { Create, Modify, Delete, Move, Chmod };

QString toString(ChangeKind kind); // "create", "modify", "delete", "move", "chmod"

// How a path stood, or will stand. Absent is an empty optional.
struct FileState {
    Blob contents = {}; // of a symbolic link: its target
    int mode = 0644; // permission bits
    bool symlink = false;
    quint64 inode = 0; // 0 for a state that is not on disk yet
    qint64 mtimeNs = 0;
    qint64 ctimeNs = 0;
    quint32 owner = 0; // of a file on disk
    quint32 group = 0;
    bool hasAttributes = false; // extended ones, access lists among them
};

// The hunks of a diff at their places in a file.
struct PlacedHunks {
    QList<Hunk> hunks = {};
    HunkPlaces places = {};
    int added = 0; // lines
    int removed = 0;
    std::shared_ptr<const DiffText> text = {}; // that the hunks are views of
};

// The net change of one path: what the switch does, and nothing else.
struct Change {
    ChangeKind kind = ChangeKind::Modify;
    QString path = {}; // where the result stands
    QString from = {}; // Move: where it stood
    std::optional<FileState> before = {}; // what stands at `path` (Move: at `from`) now
    std::optional<FileState> after = {};
    std::optional<PlacedHunks> hunks = {}; // how `before` becomes `after`, when the task said it as hunks
    int added = 0; // lines
    int removed = 0;
    QList<int> ops = {}; // indexes into Task::ops
    QString purpose = {}; // joined purposes of those ops
    QString likeness = {}; // whose owner and attributes the result takes; empty: of what stood at the path
    QList<QString> notes = {}; // "hunk 2 applied 12 lines below its stated place", "3 matches replaced"

    bool isBinary() const; // a NUL in the first 8000 bytes of either side, as git decides
};

// A folder that comes into being.
struct MadeFolder {
    QString path = {};
    QString likeness = {}; // the folder whose owner, mode and attributes it takes; empty: as the system makes one
};

// The folders that change with the files, where that does not follow from the files alone.
struct FolderChanges {
    QList<QString> removed = {}; // when nothing is left in them
    QList<MadeFolder> made = {};
};

// Everything a run will do, produced in memory before anything is written. The plan is what is applied.
struct Plan {
    QString id = {}; // hash over changes and gates, hexadecimal
    Task task = {};
    QString workspace = {}; // canonical path
    QList<Change> changes = {}; // in path order; one per path
    std::optional<FolderChanges> folders = {}; // else: made where files are created, removed where deletions empty them
    QList<QString> alreadyApplied = {}; // paths whose change is already there
    QList<QString> warnings = {};

    bool isNoop() const { return changes.isEmpty() && !task.ops.isEmpty(); }
    int count(ChangeKind kind) const;
};

// A unified diff of one change in git's extended form ("diff --git …"), 3 lines of context; binary files are named
// only.
QByteArray previewDiff(const Change &change);

// {"path","kind","from","added","removed","binary","before","after","beforeSize","afterSize","purpose","notes","diff"};
// before and after are SHA-256 or null, the sizes bytes or null. Without a diff when `withDiff` is No.
enum class WithDiff { No, Yes };
QJsonObject toJson(const Change &change, WithDiff withDiff);

} // namespace PatchPanel::Patch
