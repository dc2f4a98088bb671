#include "services/storage/history.h"

#include "services/common/ids.h"
#include "services/common/privatefolder.h"
#include "services/storage/historyrebuild.h"
#include "services/storage/historythread.h"
#include "services/storage/recordedruns.h"

#include <QFile>
#include <QFileInfo>
#include <QSysInfo>

#include <cerrno>
#include <cstring>
#include <sys/stat.h>
#include <utility>

namespace PatchPanel::Storage {

namespace {

constexpr qsizetype identityLength = 32; // hexadecimal digits

using Call = Result<void> (HistoryThread::*)(const HistoryThread::Work &);

// What `find` gives, on the thread of the history.
template <typename Value, typename Find> Result<Value> valueOf(HistoryThread &thread, Call call, const Find &find)
{
    Value value{};
    const Result<void> done = (thread.*call)([&](const Database &database) {
        Result<Value> found = find(database);
        if (found) {
            value = std::move(found).value();
        }
        return found ? Result<void>{} : found.error();
    });
    return done ? Result<Value>(std::move(value)) : done.error();
}

template <typename Value, typename Find> Result<Value> read(HistoryThread &thread, const Find &find)
{
    return valueOf<Value>(thread, &HistoryThread::read, find);
}

} // namespace

History::History(const QString &folder)
    : m_folder(folder)
{
}

History::~History() = default;

Result<std::unique_ptr<History>> History::open(const QString &folder, const WorkspaceFilter &mayRead)
{
    if (!makePrivateFolder(folder)) {
        return Error{ErrorCode::Io,
                     QStringLiteral("The folder of the history, %1, cannot be made: %2.")
                         .arg(folder, QString::fromLocal8Bit(std::strerror(errno))),
                     QStringLiteral("Runs go on without it. Name another folder with --profile."), folder};
    }
    std::unique_ptr<History> history(new History(folder));
    const auto tell = [raw = history.get()](const QString &notice) {
        const std::scoped_lock lock(raw->m_mutex);
        raw->m_notices.append(notice);
    };
    history->m_thread = std::make_unique<HistoryThread>(folder, mayRead, tell);
    if (Result<void> mended = history->m_thread->mend(); !mended) {
        return mended.error();
    }
    ::chmod(QFile::encodeName(folder + QStringLiteral("/history.sqlite")).constData(), 0600);
    return history;
}

QString History::identity() const
{
    struct stat file = {};
    const QByteArray path = QFile::encodeName(m_folder + QStringLiteral("/history.sqlite"));
    if (::stat(path.constData(), &file) != 0) {
        return {};
    }
    const QByteArray place = QSysInfo::machineUniqueId() + '\n' + QSysInfo::machineHostName().toUtf8() + '\n'
        + QFile::encodeName(QFileInfo(m_folder).canonicalFilePath()) + '\n' + QByteArray::number(file.st_ino);
    return QString::fromLatin1(sha256Hex(place).first(identityLength));
}

// The file is looked for each time: somebody may have cleaned up.
void History::rememberWorkspace(const QString &workspace)
{
    const std::scoped_lock lock(m_mutex);
    if (!m_workspaces.contains(workspace) || !hasKnownWorkspaces(m_folder)) {
        Storage::rememberWorkspace(m_folder, workspace);
        m_workspaces.insert(workspace);
    }
}

Result<void> History::record(const HistoryEntry &entry, const RecordedTexts &texts, Durable durable)
{
    rememberWorkspace(entry.workspace);
    const auto write = [entry, texts](const Database &database) {
        Result<void> written = RecordedRuns::insert(database, entry);
        if (written && !texts.report.json.isEmpty()) {
            written = RecordedRuns::setReport(database, entry.runId, texts.report);
        }
        if (written && !texts.keyedResult.isEmpty()) {
            written = KeyedRuns::setResult(database, entry.runId, texts.keyedResult);
        }
        return written;
    };
    if (durable == Durable::Now) {
        return m_thread->write(write);
    }
    m_thread->post(entry.runId, write);
    const std::optional<Error> earlier = m_thread->takePostError();
    return earlier ? Result<void>(*earlier) : Result<void>();
}

Result<std::optional<HistoryEntry>> History::find(const QString &runId) const
{
    const auto found = read<QList<HistoryEntry>>(
        *m_thread, [&runId](const Database &database) { return RecordedRuns::beginningWith(database, runId); });
    if (!found) {
        return found.error();
    }
    if (found->isEmpty() || runId.isEmpty()) {
        return std::optional<HistoryEntry>();
    }
    if (found->size() > 1 && found->first().runId != runId) {
        return Error{ErrorCode::BadRequest, QStringLiteral("several runs begin with \"%1\"").arg(runId),
                     QStringLiteral("give more of the id")};
    }
    return std::optional(found->first());
}

Result<HistoryPage> History::list(const HistoryQuery &query) const
{
    return read<HistoryPage>(*m_thread,
                             [&query](const Database &database) { return RecordedRuns::page(database, query); });
}

Result<QList<HistoryEntry>> History::surplus(const HistoryLimits &limits) const
{
    return read<QList<HistoryEntry>>(
        *m_thread, [&limits](const Database &database) { return RecordedRuns::surplus(database, limits); });
}

Result<RunReport> History::report(const QString &runId) const
{
    return read<RunReport>(*m_thread,
                           [&runId](const Database &database) { return RecordedRuns::report(database, runId); });
}

Result<void> History::remove(const QStringList &runIds)
{
    return m_thread->write([&runIds](const Database &database) {
        Result<void> removed;
        for (const QString &runId : runIds) {
            removed = removed ? RecordedRuns::remove(database, runId) : removed;
        }
        return removed;
    });
}

Result<KeyedRun> History::claimKey(const KeyedRun &run, qint64 keptSinceMs)
{
    return valueOf<KeyedRun>(*m_thread, &HistoryThread::write,
                             [&](const Database &database) { return KeyedRuns::claim(database, run, keptSinceMs); });
}

Result<void> History::releaseKey(const KeyedRun &run)
{
    return m_thread->write([&run](const Database &database) { return KeyedRuns::release(database, run); });
}

Result<void> History::setKeyedResult(const QString &runId, const QByteArray &result)
{
    return m_thread->write([&](const Database &database) { return KeyedRuns::setResult(database, runId, result); });
}

Result<QList<KeyedRun>> History::unfinishedKeyedRuns() const
{
    return read<QList<KeyedRun>>(*m_thread, KeyedRuns::unfinished);
}

QList<QString> History::takeNotices()
{
    const std::scoped_lock lock(m_mutex);
    return std::exchange(m_notices, {});
}

} // namespace PatchPanel::Storage
