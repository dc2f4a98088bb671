#include "services/storage/historyfile.h"

#include "services/common/savedfile.h"
#include "services/storage/filelock.h"
#include "services/storage/historyrebuild.h"
#include "services/storage/recordedruns.h"

#include <QFile>
#include <QFileInfo>

#include <array>
#include <sys/stat.h>

namespace PatchPanel::Storage {

namespace {

QString lockFile(const QString &folder)
{
    return folder + QStringLiteral("/history.lock");
}

constexpr std::array<const char *, 8> migrations{
    "CREATE TABLE runs ("
    " run_id TEXT PRIMARY KEY, status TEXT NOT NULL, rolled_back_run TEXT NOT NULL,"
    " task_id TEXT NOT NULL, task_title TEXT NOT NULL, task_file TEXT NOT NULL, task_sha256 TEXT NOT NULL,"
    " workspace TEXT NOT NULL, runner TEXT NOT NULL, started_ms INTEGER NOT NULL, duration_ms INTEGER NOT NULL,"
    " created INTEGER NOT NULL, modified INTEGER NOT NULL, deleted INTEGER NOT NULL, moved INTEGER NOT NULL,"
    " gates_passed INTEGER NOT NULL, gates_failed INTEGER NOT NULL,"
    " commit_id TEXT NOT NULL, message TEXT NOT NULL, report_path TEXT NOT NULL, undo_bytes INTEGER NOT NULL"
    ") WITHOUT ROWID",
    "CREATE INDEX runs_by_time ON runs (started_ms DESC, run_id DESC)",
    "CREATE TABLE keyed_runs ("
    " key TEXT PRIMARY KEY, request TEXT NOT NULL, run_id TEXT NOT NULL, process TEXT NOT NULL, runner TEXT NOT NULL,"
    " workspace TEXT NOT NULL, task TEXT NOT NULL, dry_run INTEGER NOT NULL, accepted_ms INTEGER NOT NULL, result BLOB"
    ")",
    "CREATE INDEX keyed_runs_by_run ON keyed_runs (run_id)",
    "CREATE INDEX keyed_runs_by_time ON keyed_runs (accepted_ms)",
    "CREATE TABLE reports (run_id TEXT PRIMARY KEY, json BLOB NOT NULL, markdown BLOB NOT NULL)",
    "CREATE INDEX keyed_runs_unfinished ON keyed_runs (run_id) WHERE result IS NULL",
    "ALTER TABLE runs ADD COLUMN machine TEXT NOT NULL DEFAULT ''",
};

constexpr DatabaseSchema historySchema{
    .name = "history",
    .hint = "Runs go on without it. Check the file, its folder and the space on its disk.",
    .migrations = migrations,
};

bool isDamaged(const Error &error)
{
    return error.details[QStringLiteral("damaged")].toBool();
}

bool isEmptied(const QString &file)
{
    return QFileInfo::exists(file) && QFileInfo(file).size() == 0
        && QFileInfo(file + QStringLiteral("-wal")).size() == 0;
}

// Moves the file and what belongs to it out of the way. The new name.
QString setAside(const QString &file)
{
    const QString name = asideName(file);
    for (const char *part : {"", "-wal", "-shm"}) {
        QFile::rename(file + QLatin1String(part), name + QLatin1String(part));
    }
    return name;
}

Result<void> insertMissing(const Database &database, const QList<HistoryEntry> &entries)
{
    return database.inTransaction([&] {
        Result<void> added;
        for (const HistoryEntry &entry : entries) {
            added = added ? RecordedRuns::insert(database, entry, RecordedRuns::Existing::Kept) : added;
        }
        return added;
    });
}

} // namespace

HistoryFile::HistoryFile(const QString &folder, const WorkspaceFilter &mayRead, const Tell &tell)
    : m_folder(folder)
    , m_file(folder + QStringLiteral("/history.sqlite"))
    , m_mayRead(mayRead)
    , m_tell(tell)
{
}

std::optional<HistoryFile::Stamp> HistoryFile::stamp() const
{
    struct stat status { };
    if (::stat(QFile::encodeName(m_file).constData(), &status) != 0) {
        return std::nullopt;
    }
    return Stamp{status.st_dev, status.st_ino, status.st_size,
                 qint64(status.st_mtim.tv_sec) * 1'000'000'000 + status.st_mtim.tv_nsec};
}

// A connection that was opened before the file was replaced, emptied or broken would not notice: it has its own copy.
Result<void> HistoryFile::connect()
{
    if (m_database && m_stamp && m_stamp == stamp()) {
        return {};
    }
    m_database.reset();
    Result<Database> database = Database::open(m_file, historySchema);
    if (!database) {
        return database.error();
    }
    m_database.emplace(std::move(*database));
    return {};
}

// A file that was cut off to nothing would pass for a new one.
Result<bool> HistoryFile::isBroken()
{
    m_database.reset();
    if (isEmptied(m_file) && !knownWorkspaces(m_folder).isEmpty()) {
        return true;
    }
    if (const Result<void> connected = connect(); !connected) {
        return isDamaged(connected.error()) ? Result(true) : connected.error();
    }
    return !m_database->isIntact();
}

// Another thread or process may have done it already.
Result<void> HistoryFile::mend()
{
    const FileLock lock(lockFile(m_folder), FileLock::Mode::Exclusive);
    const Result<bool> broken = isBroken();
    if (!broken) {
        return broken.error();
    }
    Result<void> mended = *broken ? rebuild() : catchUp();
    m_stamp = stamp();
    return mended;
}

Result<void> HistoryFile::rebuild()
{
    m_database.reset();
    const QString aside = setAside(m_file);
    const Result<qsizetype> added = addFromReports(knownWorkspaces(m_folder));
    if (!added) {
        return added.error();
    }
    QString notice = QStringLiteral("The history was damaged: it was set aside as %1 and made anew from %2 reports")
                         .arg(aside)
                         .arg(*added);
    if (const qsizetype unread = unreadWorkspaces(m_folder).size(); unread > 0) {
        notice += QStringLiteral("; %1 workspaces wait for a process that may read them").arg(unread);
    }
    m_tell(notice);
    return {};
}

// The process that made the history anew could not read every workspace; this one perhaps can.
Result<void> HistoryFile::catchUp()
{
    const QStringList unread = unreadWorkspaces(m_folder);
    if (unread.isEmpty()) {
        return {};
    }
    const Result<qsizetype> added = addFromReports(unread);
    if (added && *added > 0) {
        m_tell(QStringLiteral("The history was damaged: %1 more reports were read into the new one").arg(*added));
    }
    return added ? Result<void>{} : added.error();
}

Result<qsizetype> HistoryFile::addFromReports(const QStringList &workspaces)
{
    if (!m_database) {
        if (const Result<void> connected = connect(); !connected) {
            return connected.error();
        }
    }
    const ReportedRuns runs = runsFromReports(workspaces, m_mayRead);
    if (const Result<void> added = insertMissing(*m_database, runs.entries); !added) {
        return added.error();
    }
    setUnreadWorkspaces(m_folder, runs.unread);
    return runs.entries.size();
}

Result<void> HistoryFile::attempt(const std::function<Result<void>(const Database &)> &use)
{
    const FileLock lock(lockFile(m_folder), FileLock::Mode::Shared);
    if (const Result<void> connected = connect(); !connected) {
        return connected.error();
    }
    Result<void> used = use(*m_database);
    m_stamp = used ? stamp() : std::nullopt;
    return used;
}

Result<void> HistoryFile::with(const std::function<Result<void>(const Database &)> &use)
{
    Result<void> used = attempt(use);
    if (used || !isDamaged(used.error())) {
        return used;
    }
    if (const Result<void> mended = mend(); !mended) {
        return mended.error();
    }
    return attempt(use);
}

} // namespace PatchPanel::Storage
