#pragma once

#include "services/patch/diskcalls.h"
#include "tests/support/tempworkspace.h"

#include <QByteArray>
#include <QMap>
#include <QSet>
#include <QString>

#include <functional>
#include <vector>

namespace PatchPanel::Test {

// What a machine that stops leaves on its disk. Records the calls that change a folder tree, and makes the tree anew as
// it may stand after a power cut: what was synced is there; of the rest any part, in any order, each rename as a whole
// or not at all, as journaling filesystems promise, and of a file's bytes perhaps only the first half. Pessimistic: a
// name is on the disk when every folder that the call touched was synced after it, never because its file was.
// One at a time in a process: the calls are seen through Disk::observe().
class DiskModel {
public:
    // The tree as it stands, all of it on the disk, and from now on every call. The tree's files get one more name
    // each, in a folder beside, so that their inodes stay.
    explicit DiskModel(const QString &tree);
    ~DiskModel();

    void stop(); // recording

    struct Step {
        Patch::Disk::Call call = {}; // descriptors and views are not valid any more
        quint64 inode = 0; // the file or folder of the call, or the folder of its name
        quint64 toInode = 0;
        quint64 made = 0;
        QByteArray name = {};
        QByteArray toName = {};
        QByteArray data = {};
    };
    const std::vector<Step> &steps() const { return m_steps; }

    // The steps before `end` that may be missing on the disk when the machine stops there.
    std::vector<std::size_t> unsynced(std::size_t end) const;

    // Makes the tree in `target` (an empty folder) as it is when of the steps before `end` those in `lost` did not
    // reach the disk, and those in `torn` only in part.
    void makeTree(const QString &target, std::size_t end, const QSet<std::size_t> &lost,
                  const QSet<std::size_t> &torn = {}) const;

private:
    struct Node {
        enum class Kind { File, Folder, Link } kind = Kind::File;
        mode_t mode = 0;
        QByteArray data = {}; // of files that are written; else the inode itself is used
        bool isWritten = false;
        QMap<QByteArray, quint64> names = {};
    };
    using Tree = QMap<quint64, Node>;

    static void record(const Patch::Disk::Call &call);
    void add(const Patch::Disk::Call &call);
    quint64 scan(const QString &path);
    QString keptName(quint64 inode) const;
    void keep(const QString &path, quint64 inode) const;
    static void perform(Tree &tree, const Step &step, bool torn);
    void write(const Tree &tree, quint64 folder, const QString &path) const;

    static DiskModel *s_recording;
    TempWorkspace m_kept;
    Tree m_start;
    quint64 m_root = 0;
    std::vector<Step> m_steps;
};

} // namespace PatchPanel::Test
