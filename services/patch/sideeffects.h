#pragma once

#include "services/patch/workspacefile.h"

#include <QByteArray>
#include <QHash>
#include <QJsonObject>
#include <QSet>

#include <optional>

namespace PatchPanel::Patch {

// What tells that a file is another one, or was written to: all of it from one fstatat(2).
struct FileStamp {
    quint64 inode = 0;
    qint64 size = 0;
    qint64 modifiedNs = 0;
    qint64 changedNs = 0; // of contents, mode, owner or name
    quint32 mode = 0;

    bool operator==(const FileStamp &) const = default;
};

using TreeStamps = QHash<QByteArray, FileStamp>; // by path, relative to the workspace

constexpr qsizetype mostStamps = 200'000;

// The stamps of everything in the workspace that is no folder, without following links and without what is in .git and
// .patchpanel. Nothing when there is more than `most`, or a folder cannot be read. Blocking; any thread.
std::optional<TreeStamps> treeStamps(const WorkspaceRoot &root, qsizetype most = mostStamps);

struct SideEffect {
    enum class Kind { Created, Changed, Deleted };

    QString path;
    Kind kind;
};

QString toString(SideEffect::Kind kind); // "created", "changed", "deleted"

// What commands did to files that the plan does not name.
struct SideEffects {
    static constexpr qsizetype mostListed = 1000;

    QList<SideEffect> files = {}; // by path; the first `mostListed` of them
    qsizetype total = 0;
    qsizetype ignored = 0; // more, which git ignores: build products
    QString notChecked = {}; // why; empty when it was

    // "3 files outside the plan: created a, changed b, …"; empty when there are none.
    QString toText() const;
    // {"files":[{"path","kind"}],"total","ignored","notChecked"}
    QJsonObject toJson() const;
    // What a later command did as well.
    void add(const SideEffects &later);
};

// What happened between two scans. `planned` paths are left out; so are those that git ignores, but they are counted.
SideEffects sideEffects(const WorkspaceRoot &root, const TreeStamps &before, const TreeStamps &after,
                        const QSet<QString> &planned);

} // namespace PatchPanel::Patch
