#include "services/patch/transaction.h"

#include "services/common/parallel.h"
#include "services/patch/atomicrename.h"
#include "services/patch/diskcalls.h"
#include "services/patch/staging.h"
#include "services/patch/statefolder.h"
#include "services/patch/txfolders.h"

#include <QJsonArray>
#include <QSet>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <dirent.h>
#include <fcntl.h>
#include <memory>
#include <sys/stat.h>
#include <unistd.h>
#include <vector>

namespace PatchPanel::Patch {

namespace {

using MissingFolders = WorkspaceRoot::MissingFolders;

constexpr std::chrono::milliseconds longestTrust{100}; // in one answer of the fence, while files are switched

Error changedMeanwhile(const QString &path)
{
    return {ErrorCode::Stale, QStringLiteral("%1 was changed by something else while the run wrote it.").arg(path),
            QStringLiteral("Run again when nothing else writes to the workspace."), path};
}

Error switchError(int error, const QString &path)
{
    if (error == EEXIST || error == ENOENT) {
        return changedMeanwhile(path);
    }
    return {ErrorCode::Io,
            QStringLiteral("%1 could not be put in place: %2.").arg(path, QString::fromLocal8Bit(std::strerror(error))),
            {},
            path};
}

constexpr const char *slotFolderName = "slot";
constexpr int takeOverAttempts = 100;

// The name of the slot folder that is there: "slot", or "slot.N" where the holder with the fence N took it over. Empty:
// there is none.
QByteArray slotFolderIn(int folder)
{
    const Descriptor copy(::openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    const std::unique_ptr<DIR, int (*)(DIR *)> names(copy.isOpen() ? ::fdopendir(::dup(copy.get())) : nullptr,
                                                     ::closedir);
    while (const dirent *entry = names ? ::readdir(names.get()) : nullptr) {
        const QByteArray name(entry->d_name);
        if (name == slotFolderName || name.startsWith("slot.")) {
            return name;
        }
    }
    return {};
}

// Under our name, once this returns, so that nobody else finds them. Another holder may do the same at the same time.
Result<QByteArray> takeOverSlots(int folder, const Fence &fence)
{
    const QByteArray ours =
        fence.number == 0 ? QByteArray(slotFolderName) : slotFolderName + ('.' + QByteArray::number(fence.number));
    for (int attempt = 0; attempt < takeOverAttempts; ++attempt) {
        const QByteArray name = slotFolderIn(folder);
        if (fence.number == 0) {
            return name.isEmpty() ? ours : name;
        }
        if (name.isEmpty() || name == ours || Disk::rename(folder, name, folder, ours) == 0) {
            return ours;
        }
        if (errno != ENOENT) {
            break;
        }
    }
    return Error{ErrorCode::Io,
                 QStringLiteral("What an earlier run left cannot be taken over: %1.")
                     .arg(QString::fromLocal8Bit(std::strerror(errno)))};
}

// Wherever the transaction's folder is by now: a run that is alive moves it to the history.
Result<Descriptor> openSlots(int folder, const QByteArray &name)
{
    Disk::makeFolder(folder, name, 0700);
    Descriptor slotFolder(::openat(folder, name.constData(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!slotFolder.isOpen()) {
        return Error{ErrorCode::Io,
                     QStringLiteral("What an earlier run left cannot be read: %1.")
                         .arg(QString::fromLocal8Bit(std::strerror(errno)))};
    }
    return slotFolder;
}

QString parentOf(const QString &path)
{
    return path.section(u'/', 0, -2);
}

} // namespace

Transaction::Transaction(const WorkspaceRoot &root, const QString &runId, Descriptor folder, Descriptor slotFolder,
                         Journal journal, Durability durability, const Fence &fence)
    : m_root(&root)
    , m_runId(runId)
    , m_folder(std::move(folder))
    , m_slots(std::move(slotFolder))
    , m_journal(std::move(journal))
    , m_durability(durability)
    , m_fence(fence)
{
}

// With a fence by its path, which is gone once another holder has taken the transaction over: the rename that makes a
// switch then fails, or comes before that, as a whole. (The names of the path are ours: nothing in it is followed that
// StateFolder::open() has not opened.)
Place Transaction::slotNamed(const QByteArray &name) const
{
    return m_transactions.isOpen() ? Place{m_transactions.get(), m_runId.toUtf8() + '/' + m_slotFolder + '/' + name}
                                   : Place{m_slots.get(), name};
}

Result<Transaction> Transaction::prepare(const WorkspaceRoot &root, const Plan &plan, const QString &runId,
                                         Durability durability, HardLinks hardLinks, const std::stop_token &stop,
                                         const Fence &fence)
{
    Result<TxDraft> draft = draftTransaction(root, plan, hardLinks);
    if (!draft) {
        return draft.error();
    }
    const StateFolder state(root);
    Result<Descriptor> slotFolder = state.open(StateFolder::slotsOf(runId), MissingFolders::Make);
    if (!slotFolder) {
        return slotFolder.error();
    }
    const auto discard = [&state, &runId](const Error &error) {
        [[maybe_unused]] const Result<void> removed = state.remove(StateFolder::transaction(runId));
        return error;
    };
    Result<Descriptor> folder = state.open(StateFolder::transaction(runId), MissingFolders::Fail);
    if (!folder) {
        return discard(folder.error());
    }
    Result<Journal> journal = Journal::create(folder->get(), durability);
    if (!journal) {
        return discard(journal.error());
    }
    Transaction transaction(root, runId, std::move(*folder), std::move(*slotFolder), std::move(*journal), durability,
                            fence);
    if (Result<void> bound = transaction.bindSlots(); !bound) {
        return discard(bound.error());
    }
    if (Result<void> staged = stage(root, *draft, transaction.m_slots.get(), stop); !staged) {
        return discard(staged.error());
    }
    transaction.m_plan = std::move(draft->plan);
    if (Result<void> promised = transaction.promise(); !promised) {
        return discard(promised.error());
    }
    return transaction;
}

// From here on paths may be switched: everything that a way back needs is on the disk.
Result<void> Transaction::promise()
{
    const bool durable = m_durability == Durability::Full;
    const QString name = durable ? QStringLiteral("full") : QStringLiteral("process");
    QJsonObject facts{{QStringLiteral("run"), m_runId}, {QStringLiteral("durability"), name}};
    if (m_fence.number != 0) {
        facts[QStringLiteral("fence")] = m_fence.number;
    }
    Result<void> begun = m_journal.append(JournalEvent::Begun, facts, Journal::Sync::Later);
    const QByteArray plan = m_plan.toJsonText();
    if (begun) {
        begun = writeTransactionPlan(m_folder.get(), plan);
    }
    if (!begun) {
        return begun;
    }
    if (durable && Disk::syncFilesystem(m_slots.get()) != 0) {
        return Error{ErrorCode::Io,
                     QStringLiteral("The new files did not reach the disk: %1.")
                         .arg(QString::fromLocal8Bit(std::strerror(errno))),
                     QStringLiteral("The workspace is as it was before. Check the disk.")};
    }
    if (Result<void> held = m_fence.ask(); !held) {
        return held;
    }
    return m_journal.append(JournalEvent::Prepared, {{QStringLiteral("plan"), checksumOfPlan(plan)}});
}

Result<void> Transaction::bindSlots()
{
    if (m_fence.number == 0) {
        return {};
    }
    Result<Descriptor> transactions = StateFolder(*m_root).open(StateFolder::transactions(), MissingFolders::Fail);
    if (!transactions) {
        return transactions.error();
    }
    m_transactions = std::move(*transactions);
    return {};
}

Result<Transaction> Transaction::load(const WorkspaceRoot &root, const QString &runId, const Fence &fence)
{
    const StateFolder state(root);
    Result<Descriptor> folder = state.open(StateFolder::transaction(runId), MissingFolders::Fail);
    if (!folder) {
        return folder.error();
    }
    const Result<QByteArray> slotName = takeOverSlots(folder->get(), fence);
    if (!slotName) {
        return slotName.error();
    }
    if (Result<void> taken = fence.number == 0 ? Result<void>{} : Journal::takeOver(folder->get(), fence.number);
        !taken) {
        return taken.error();
    }
    Result<StoredTransaction> stored = readTransaction(folder->get());
    if (!stored) {
        return stored.error();
    }
    Result<Descriptor> slotFolder = openSlots(folder->get(), *slotName);
    if (!slotFolder) {
        return slotFolder.error();
    }
    Result<Journal> journal = Journal::resume(folder->get(), Durability::Full);
    if (!journal) {
        return journal.error();
    }
    Transaction transaction(root, runId, std::move(*folder), std::move(*slotFolder), std::move(*journal),
                            Durability::Full, fence);
    transaction.m_slotFolder = *slotName;
    if (Result<void> bound = transaction.bindSlots(); !bound) {
        return bound.error();
    }
    transaction.m_plan = std::move(stored->plan);
    transaction.m_committed = stored->committed;
    transaction.m_done = stored->done;
    transaction.m_rolledBack = stored->done && !stored->committed;
    transaction.m_gateOpen = stored->gateOpen;
    return transaction;
}

Result<void> Transaction::apply(const std::function<void(const TxAction &)> &switched, const std::stop_token &stop)
{
    if (Result<void> held = m_fence.ask(); !held) {
        return held;
    }
    auto asked = std::chrono::steady_clock::now();
    bool removing = true;
    for (const TxAction &action : std::as_const(m_plan.actions)) {
        if (stop.stop_requested()) {
            return Error{ErrorCode::Cancelled, QStringLiteral("Cancelled while the files were written.")};
        }
        if (const auto now = std::chrono::steady_clock::now(); now - asked > longestTrust) { // perhaps it was paused
            asked = now;
            if (Result<void> held = m_fence.ask(); !held) {
                return held;
            }
        }
        if (removing && action.kind != ActionKind::Remove) {
            removing = false;
            if (Result<void> changed = changeFolders(); !changed) {
                return changed;
            }
        }
        if (Result<void> result = switchOne(action); !result) {
            return result;
        }
        switched(action);
    }
    if (removing) {
        if (Result<void> changed = changeFolders(); !changed) {
            return changed;
        }
    }
    if (Result<void> synced = syncFolders(); !synced) {
        return synced;
    }
    return m_journal.append(JournalEvent::Switched);
}

Result<void> Transaction::switchOne(const TxAction &action)
{
    const MissingFolders missing = action.kind == ActionKind::Create ? MissingFolders::Make : MissingFolders::Fail;
    const Result<int> parent = m_root->openParent(action.path, missing);
    if (!parent) {
        return parent.error();
    }
    const Descriptor folder(*parent);
    const Place target{folder.get(), lastPart(action.path)};
    const Place slot = slotOf(action);
    if (action.kind == ActionKind::Create) {
        const int error = moveToFree(slot, target);
        return error == 0 ? Result<void>{} : switchError(error, action.path);
    }
    if (!isSameFileAt(target.folder, target.name, action.before)) {
        return changedMeanwhile(action.path);
    }
    const bool replacing = action.kind == ActionKind::Replace;
    const int error = replacing ? exchange(slot, target) : moveToFree(target, slot);
    if (error != 0) {
        return switchError(error, action.path);
    }
    if (!isSameFileAt(slot.folder, slot.name, action.before)) { // written between the look and the switch
        replacing ? exchange(slot, target) : moveToFree(slot, target);
        return changedMeanwhile(action.path);
    }
    return {};
}

// Between the removals and the rest, so that a file can take the place of a folder and the other way round.
Result<void> Transaction::changeFolders() const
{
    if (Result<void> taken = takeAwayEmptied(); !taken) {
        return taken;
    }
    for (const MadeFolder &made : m_plan.made) {
        if (made.likeness.isEmpty()) {
            continue; // made on the way to its first file
        }
        if (const int error = makeFolderLike(*m_root, made); error != 0) {
            return switchError(error, made.path);
        }
    }
    return {};
}

// A folder that still holds something is the user's, and stays.
Result<void> Transaction::takeAwayEmptied() const
{
    for (const EmptiedFolder &emptied : m_plan.emptied) {
        const Result<int> parent = m_root->openParent(emptied.path, MissingFolders::Fail);
        if (!parent) {
            continue;
        }
        const Descriptor folder(*parent);
        const Place target{folder.get(), lastPart(emptied.path)};
        const Place slot = slotNamed(emptied.slot.toUtf8());
        if (!isEmptyFolder(target)) {
            continue;
        }
        if (const int error = moveToFree(target, slot); error != 0) {
            return switchError(error, emptied.path);
        }
        if (!isEmptyFolder(slot)) { // something was put there between the look and the move
            moveToFree(slot, target);
        }
    }
    return {};
}

// Every folder whose names change; some of them are gone by now, with their own names in those above.
QList<QString> Transaction::foldersToSync() const
{
    QSet<QString> folders;
    for (const TxAction &action : m_plan.actions) {
        folders.insert(parentOf(action.path));
    }
    for (const EmptiedFolder &folder : m_plan.emptied) {
        folders.insert(parentOf(folder.path));
    }
    for (const MadeFolder &folder : m_plan.made) {
        folders.insert(parentOf(folder.path));
    }
    QList<QString> sorted = folders.values();
    std::sort(sorted.begin(), sorted.end());
    return sorted;
}

Result<void> Transaction::syncFolders() const
{
    if (m_durability == Durability::Process) {
        return {};
    }
    const QList<QString> folders = foldersToSync();
    for (const QString &path : folders) {
        const Result<int> place = m_root->openParent(path.isEmpty() ? path : path + u'/', MissingFolders::Fail);
        if (!place) {
            continue;
        }
        const Descriptor itself(*place);
        const Descriptor folder(::openat(itself.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
        if (!folder.isOpen() || Disk::syncFile(folder.get()) != 0) {
            return switchError(errno, path);
        }
    }
    return Disk::syncFile(m_slots.get()) == 0 ? Result<void>{} : switchError(errno, QStringLiteral(".patchpanel"));
}

// The paths of the actions that `holds` is true of, in their order; it is asked on all processors.
QList<QString> Transaction::pathsWhere(const std::function<bool(const TxAction &)> &holds) const
{
    std::vector<char> found(static_cast<size_t>(m_plan.actions.size()));
    forEachInParallel(m_plan.actions.size(), [&](qsizetype i, qsizetype) {
        found[static_cast<size_t>(i)] = holds(m_plan.actions.at(i)) ? 1 : 0;
    });
    QList<QString> paths;
    for (qsizetype i = 0; i < m_plan.actions.size(); ++i) {
        if (found[static_cast<size_t>(i)] != 0) {
            paths.append(m_plan.actions.at(i).path);
        }
    }
    return paths;
}

Result<void> Transaction::verify() const
{
    const QList<QString> wrong = pathsWhere([this](const TxAction &action) {
        const Result<std::optional<FileState>> found = m_root->read(action.path);
        return action.after ? !found || !*found || !sameContents(identityOf(**found), *action.after)
                            : found && *found; // else absent, or an emptied folder stands there again
    });
    if (!wrong.isEmpty()) {
        return Error{ErrorCode::Io,
                     QStringLiteral("Read back, these paths do not hold what the plan says: %1.")
                         .arg(wrong.join(QStringLiteral(", "))),
                     {},
                     wrong.first()};
    }
    return {};
}

Result<void> Transaction::gateBegins(const QString &command)
{
    m_gateOpen = true;
    return m_journal.append(JournalEvent::GateBegun, {{QStringLiteral("command"), command}}, Journal::Sync::Later);
}

Result<QList<QString>> Transaction::adopt()
{
    QList<QString> changed;
    QJsonArray records;
    for (qsizetype i = 0; i < m_plan.actions.size(); ++i) {
        TxAction &action = m_plan.actions[i];
        const Result<std::optional<Identity>> found = lookAt(*m_root, action.path, action.now);
        if (found && isSameContents(*found, action.now)) {
            action.now = *found;
            continue;
        }
        changed.append(action.path);
        if (!found) {
            continue; // a folder or worse: a rollback will report it
        }
        action.now = *found;
        records.append(QJsonObject{{QStringLiteral("action"), i}, {QStringLiteral("now"), toJson(*found)}});
    }
    if (m_gateOpen || !records.isEmpty()) {
        const Result<void> written = m_journal.append(JournalEvent::Adopted, {{QStringLiteral("paths"), records}},
                                                      records.isEmpty() ? Journal::Sync::Later : Journal::Sync::Now);
        if (!written) {
            return written.error();
        }
    }
    m_gateOpen = false;
    return changed;
}

Result<QList<QString>> Transaction::commit()
{
    const QList<QString> written = pathsWhere([this](const TxAction &action) {
        return action.before && !isSameFileAt(m_slots.get(), slotOf(action).name, action.before);
    });
    if (const Result<void> held = m_fence.ask(); !held) {
        return held.error();
    }
    if (Result<void> recorded = m_journal.append(JournalEvent::Committed); !recorded) {
        return recorded.error();
    }
    m_committed = true;
    // Paused between the question and the record, it may have been settled as a run that never committed.
    const Result<void> held = m_fence.ask();
    return held || held.error().code != ErrorCode::Busy ? Result(written) : held.error();
}

Result<void> Transaction::close()
{
    if (m_stuck) {
        return {};
    }
    const StateFolder state(*m_root);
    if (m_rolledBack) {
        dropStagedSlots();
        if (!isAnythingKept()) {
            return state.remove(StateFolder::transaction(m_runId));
        }
    } else if (!m_done) {
        if (Result<void> done = m_journal.append(JournalEvent::Done); !done) {
            return done;
        }
        m_done = true;
    }
    if (m_slotFolder != slotFolderName) { // where the way back looks for them
        Disk::rename(m_folder.get(), m_slotFolder, m_folder.get(), slotFolderName);
    }
    return state.move(StateFolder::transaction(m_runId), StateFolder::history(m_runId), QStringLiteral("undo"));
}

} // namespace PatchPanel::Patch
