#include "services/patch/transaction.h"

#include "services/common/parallel.h"
#include "services/patch/atomicrename.h"
#include "services/patch/staging.h"
#include "services/patch/statefolder.h"

#include <QDir>
#include <QFile>
#include <QJsonDocument>
#include <QSet>

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <vector>

namespace PatchPanel::Patch {

namespace {

constexpr const char *planFileName = "plan.json";

using MissingFolders = WorkspaceRoot::MissingFolders;

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

} // namespace

Transaction::Transaction(const WorkspaceRoot &root, const QString &runId, Descriptor folder, Descriptor slotFolder,
                         Journal journal, Durability durability)
    : m_root(&root)
    , m_runId(runId)
    , m_folder(std::move(folder))
    , m_slots(std::move(slotFolder))
    , m_journal(std::move(journal))
    , m_durability(durability)
{
}

Result<Transaction> Transaction::prepare(const WorkspaceRoot &root, const Plan &plan, const QString &runId,
                                         Durability durability)
{
    Result<TxDraft> draft = draftTransaction(root, plan);
    if (!draft) {
        return draft.error();
    }
    const StateFolder state(root);
    Result<Descriptor> slotFolder = state.open(StateFolder::slotsOf(runId), MissingFolders::Make);
    if (!slotFolder) {
        return slotFolder.error();
    }
    const QString absolute = state.absolutePath(StateFolder::transaction(runId));
    const auto discard = [&absolute](const Error &error) {
        QDir(absolute).removeRecursively();
        return error;
    };
    Result<Descriptor> folder = state.open(StateFolder::transaction(runId), MissingFolders::Fail);
    if (!folder) {
        return discard(folder.error());
    }
    if (Result<void> staged = stage(root, *draft, slotFolder->get(), durability); !staged) {
        return discard(staged.error());
    }
    Result<Journal> journal = Journal::open(folder->get(), durability);
    if (!journal) {
        return discard(journal.error());
    }
    Transaction transaction(root, runId, std::move(*folder), std::move(*slotFolder), std::move(*journal), durability);
    transaction.m_plan = std::move(draft->plan);
    if (Result<void> written = transaction.writePlan(); !written) {
        return discard(written.error());
    }
    if (Result<void> prepared = transaction.m_journal.append(JournalEvent::Prepared); !prepared) {
        return discard(prepared.error());
    }
    return transaction;
}

Result<Transaction> Transaction::load(const WorkspaceRoot &root, const QString &runId)
{
    const StateFolder state(root);
    Result<Descriptor> folder = state.open(StateFolder::transaction(runId), MissingFolders::Fail);
    if (!folder) {
        return folder.error();
    }
    const QList<JournalRecord> records = Journal::read(folder->get());
    const Descriptor planFile(::openat(folder->get(), planFileName, O_RDONLY | O_NOFOLLOW | O_CLOEXEC));
    QFile file;
    if (records.isEmpty() || !planFile.isOpen() || !file.open(planFile.get(), QIODevice::ReadOnly)) {
        return Error{ErrorCode::NotFound, QStringLiteral("Run %1 had not switched anything.").arg(runId)};
    }
    TxPlan plan = TxPlan::fromJson(QJsonDocument::fromJson(file.readAll()).object());
    Result<Descriptor> slotFolder = state.open(StateFolder::slotsOf(runId), MissingFolders::Make);
    if (!slotFolder) {
        return slotFolder.error();
    }
    Result<Journal> journal = Journal::open(folder->get(), Durability::Full);
    if (!journal) {
        return journal.error();
    }
    Transaction transaction(root, runId, std::move(*folder), std::move(*slotFolder), std::move(*journal),
                            Durability::Full);
    transaction.m_plan = std::move(plan);
    for (const JournalRecord &record : records) {
        const int action = record.data[QStringLiteral("action")].toInt(-1);
        if (record.event == JournalEvent::Adopted && action >= 0 && action < transaction.m_plan.actions.size()) {
            transaction.m_plan.actions[action].now = identityFromJson(record.data[QStringLiteral("now")].toObject());
        }
        transaction.m_committed = record.event == JournalEvent::Committed
            || (transaction.m_committed && record.event != JournalEvent::RollingBack);
        transaction.m_done = transaction.m_done || record.event == JournalEvent::Done;
    }
    return transaction;
}

Result<void> Transaction::writePlan() const
{
    const QByteArray text = m_plan.toJsonText();
    const bool durable = m_durability == Durability::Full;
    const Descriptor file(
        ::openat(m_folder.get(), planFileName, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600));
    if (!file.isOpen() || ::write(file.get(), text.constData(), static_cast<size_t>(text.size())) != text.size()
        || (durable && (::fsync(file.get()) != 0 || ::fsync(m_folder.get()) != 0 || ::fsync(m_slots.get()) != 0))) {
        return Error{ErrorCode::Io,
                     QStringLiteral("The plan of the run cannot be written: %1.")
                         .arg(QString::fromLocal8Bit(std::strerror(errno))),
                     QStringLiteral("Check the space on the disk of the workspace.")};
    }
    return {};
}

Result<void> Transaction::apply(const std::function<void(const TxAction &)> &switched)
{
    bool removing = true;
    for (const TxAction &action : std::as_const(m_plan.actions)) {
        if (removing && action.kind != ActionKind::Remove) {
            removing = false;
            removeEmptied();
        }
        if (Result<void> result = switchOne(action); !result) {
            return result;
        }
        switched(action);
    }
    if (removing) {
        removeEmptied();
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
    const Place slot{m_slots.get(), QByteArray::number(action.slot)};
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

// A folder that still holds something is the user's, and stays.
void Transaction::removeEmptied() const
{
    for (const TxFolder &emptied : m_plan.emptied) {
        const Result<int> parent = m_root->openParent(emptied.path, MissingFolders::Fail);
        if (parent) {
            const Descriptor folder(*parent);
            ::unlinkat(folder.get(), lastPart(emptied.path).constData(), AT_REMOVEDIR);
        }
    }
}

Result<void> Transaction::syncFolders() const
{
    if (m_durability == Durability::Process) {
        return {};
    }
    QSet<QString> done;
    for (const TxAction &action : m_plan.actions) {
        const QString parentPath = action.path.section(u'/', 0, -2);
        if (done.contains(parentPath)) {
            continue;
        }
        done.insert(parentPath);
        const Result<int> parent = m_root->openParent(action.path, MissingFolders::Fail);
        if (!parent) {
            continue; // removed with its last file: the folder above carries that, and is synced with the slots
        }
        const Descriptor place(*parent);
        const Descriptor folder(::openat(place.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
        if (!folder.isOpen() || ::fsync(folder.get()) != 0) {
            return switchError(errno, parentPath);
        }
    }
    return ::fsync(m_slots.get()) == 0 ? Result<void>{} : switchError(errno, QStringLiteral(".patchpanel"));
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

Result<QList<QString>> Transaction::adopt()
{
    QList<QString> changed;
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
        const Result<void> written = m_journal.append(
            JournalEvent::Adopted, {{QStringLiteral("action"), i}, {QStringLiteral("now"), toJson(*found)}});
        if (!written) {
            return written.error();
        }
    }
    return changed;
}

Result<QList<QString>> Transaction::commit()
{
    const QList<QString> written = pathsWhere([this](const TxAction &action) {
        return action.before && !isSameFileAt(m_slots.get(), QByteArray::number(action.slot), action.before);
    });
    if (Result<void> recorded = m_journal.append(JournalEvent::Committed); !recorded) {
        return recorded.error();
    }
    m_committed = true;
    return written;
}

Result<void> Transaction::close()
{
    if (m_rolledBack) {
        dropStagedSlots();
    } else if (!m_done) {
        if (Result<void> done = m_journal.append(JournalEvent::Done); !done) {
            return done;
        }
        m_done = true;
    }
    const StateFolder state(*m_root);
    Result<Descriptor> history = state.open(StateFolder::history(m_runId), MissingFolders::Make);
    if (!history) {
        return history.error();
    }
    ::unlinkat(m_folder.get(), "slot", AT_REMOVEDIR); // when it is empty
    for (const char *name : {"slot", planFileName, "journal"}) { // the journal last: it says what is left to do
        if (::renameat(m_folder.get(), name, history->get(), name) != 0 && errno != ENOENT) {
            return Error{ErrorCode::Io,
                         QStringLiteral("The undo slots of run %1 could not be moved to the history: %2.")
                             .arg(m_runId, QString::fromLocal8Bit(std::strerror(errno)))};
        }
    }
    QDir(state.absolutePath(StateFolder::transaction(m_runId))).removeRecursively();
    return {};
}

} // namespace PatchPanel::Patch
