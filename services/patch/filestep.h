#pragma once

#include "services/patch/hunkpatch.h"
#include "services/patch/overlay.h"

#include <QHash>
#include <QSet>

namespace PatchPanel::Patch {

// What the files of one patch have to do with one another: git writes each against the tree before the whole patch, in
// no order that matters.
struct PatchScope {
    QHash<QString, std::optional<FileState>> before = {}; // at its start, of the paths that it has come to so far
    QSet<QString> vacated = {}; // paths that it renames or deletes
    QSet<QString> written = {}; // paths that it has written so far
};

// One file of a diff, applied to an overlay. Lives as long as its run().
class FileStep {
public:
    // Whether a file that is changed already counts as done, or as not applicable.
    enum class Judge { Yes, No };
    enum class Outcome { Changed, Already };

    // `scope`: of the patch, when it has other files that touch the same paths; else null.
    FileStep(Overlay &overlay, const FileDiff &diff, const LocateOptions &options, Judge judge, PatchScope *scope);

    // DoesNotApply, Ambiguous, UnsafePath; Io from the disk. The overlay is as before after an error.
    Result<Outcome> run();

private:
    Result<std::optional<FileState>> read(const QString &path);
    Result<std::optional<FileState>> readSource(const QString &path);
    Result<std::optional<FileState>> readTarget(const QString &path);
    bool isWritten(const QString &path) const { return m_scope != nullptr && m_scope->written.contains(path); }
    void noteWritten(const QString &path);
    Result<void> write(const QString &path, const FileState &state);
    Result<Outcome> alreadyOr(const Error &error) const;
    Result<Outcome> changed(const Result<void> &written) const;

    Result<Outcome> create();
    Result<Outcome> remove();
    Result<Outcome> modify();
    Result<Outcome> transfer();
    Result<QString> target();
    bool onlyAdds() const { return m_diff.hunks.size() == 1 && m_diff.hunks.first().oldCount == 0; }
    int modeAfter(int mode) const;
    Result<Patched> patched(QByteArrayView contents) const;
    Result<std::optional<Patched>> judged(QByteArrayView contents) const;
    bool undoes(const FileState &state) const;
    void notePlaces(const QString &path, const FileState &from, const std::optional<FileState> &onDisk,
                    HunkPlaces places);

    Overlay &m_overlay;
    const FileDiff &m_diff;
    const LocateOptions &m_options;
    Judge m_judge;
    PatchScope *m_scope;
};

} // namespace PatchPanel::Patch
