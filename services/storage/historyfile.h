#pragma once

#include "services/common/result.h"
#include "services/storage/database.h"

#include <QString>
#include <QStringList>

#include <functional>
#include <optional>
#include <sys/types.h>

namespace PatchPanel::Storage {

// The file of a history with the connection to it, which stays open, on one thread. A file that turns out to be damaged
// is set aside and made anew from the reports in the workspaces; `history.lock` keeps other processes away meanwhile.
class HistoryFile {
public:
    using WorkspaceFilter = std::function<bool(const QString &workspace)>;
    using Tell = std::function<void(const QString &notice)>;

    // See History::open(). `tell` gets what a person should know.
    HistoryFile(const QString &folder, const WorkspaceFilter &mayRead, const Tell &tell);

    // Makes the file where it is missing, and mends it where it is damaged or incomplete.
    Result<void> mend();
    // What `use` gives; once more after the file was mended, when it turns out to be damaged.
    Result<void> with(const std::function<Result<void>(const Database &)> &use);

private:
    // What tells that the file is the one that was opened, and that nobody else wrote to it.
    struct Stamp {
        dev_t device = 0;
        ino_t inode = 0;
        off_t size = 0;
        qint64 changedNs = 0;
        bool operator==(const Stamp &) const = default;
    };

    std::optional<Stamp> stamp() const;
    Result<void> attempt(const std::function<Result<void>(const Database &)> &use);
    Result<void> connect();
    Result<bool> isBroken();
    Result<void> rebuild();
    Result<void> catchUp();
    Result<qsizetype> addFromReports(const QStringList &workspaces);

    QString m_folder;
    QString m_file;
    WorkspaceFilter m_mayRead;
    Tell m_tell;
    std::optional<Database> m_database;
    std::optional<Stamp> m_stamp; // after the last use
};

} // namespace PatchPanel::Storage
