#pragma once

#include "services/patch/bytearena.h"
#include "services/patch/plan.h"
#include "services/patch/workspacefile.h"

#include <map>

namespace PatchPanel::Patch {

// A state that is not on disk yet.
FileState newFileState(Blob contents, int mode, bool symlink = false);

// Same bytes, mode and type; or both absent.
bool sameState(const std::optional<FileState> &left, const std::optional<FileState> &right);

// A workspace as the ops of a task have left it so far, without a write to the disk. A copy is a snapshot to try things
// on. Refers to its WorkspaceRoot, which must outlive it. One thread at a time; overlays of one root may be used
// on several threads.
class Overlay {
public:
    struct Entry {
        std::optional<FileState> before = {}; // on disk
        std::optional<FileState> now = {};
        std::optional<PlacedHunks> hunks = {}; // how `before` became `now`, when hunks alone did it
        QString origin = {}; // the path that `now` was moved from, through all moves; empty: not moved
        QList<int> ops = {};
        QList<QString> purposes = {};
        QList<QString> notes = {};
        bool already = false; // an op found its change here already
    };

    using Entries = std::map<QString, Entry>; // by path

    // Where contents are kept; must outlive the overlay, but not what was read.
    struct Memory {
        ByteArena *files = nullptr; // as they are read
        ByteArena *results = nullptr;
    };
    explicit Overlay(const WorkspaceRoot &root);
    Overlay(const WorkspaceRoot &root, const Memory &memory);

    const Memory &memory() const { return m_memory; }
    const WorkspaceRoot &root() const { return *m_root; }
    const Entries &entries() const { return m_entries; }

    // Errors as of WorkspaceRoot::read; UnsafePath also beneath a symbolic link that an op has made.
    Result<std::optional<FileState>> read(const QString &path);
    // DoesNotApply when a folder stands at `path` or a file above it.
    Result<void> put(const QString &path, FileState state);
    Result<void> remove(const QString &path);
    // Precondition: something stands at `from`.
    Result<void> move(const QString &from, const QString &to);

    // Paths of files at or beneath the folder `path`, sorted.
    Result<QList<QString>> filesBeneath(const QString &path);

    // Takes over the entries of an overlay of the same root. Precondition: no path is in both, or beneath one of the
    // other's.
    void absorb(Overlay part);

    // Something stood at the path that is read or written already, and is gone.
    bool isRemoved(const QString &path) const;

    // The entry of a path that was read, to note things in.
    Entry &entry(const QString &path) { return m_entries[path]; }

private:
    Result<Entry *> load(const QString &path);
    Result<void> checkAbove(const QString &path);
    Result<void> checkNotAFolder(const QString &path);

    const WorkspaceRoot *m_root;
    Memory m_memory = {};
    Entries m_entries;
};

} // namespace PatchPanel::Patch
