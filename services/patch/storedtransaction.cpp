#include "services/patch/storedtransaction.h"

#include "services/patch/checksum.h"
#include "services/patch/descriptor.h"
#include "services/patch/diskcalls.h"
#include "services/patch/journal.h"

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>

namespace PatchPanel::Patch {

namespace {

constexpr const char *planFileName = "plan.json";

QByteArray readPlan(int folder)
{
    const Descriptor descriptor(::openat(folder, planFileName, O_RDONLY | O_NOFOLLOW | O_CLOEXEC));
    QFile file;
    return descriptor.isOpen() && file.open(descriptor.get(), QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

void adopt(const QJsonArray &paths, QList<TxAction> &actions)
{
    for (const QJsonValue &path : paths) {
        const qsizetype action = path[QStringLiteral("action")].toInteger(-1);
        if (action >= 0 && action < actions.size()) {
            actions[action].now = identityFromJson(path[QStringLiteral("now")].toObject());
        }
    }
}

void follow(const JournalRecord &record, StoredTransaction &transaction)
{
    switch (record.event) {
    case JournalEvent::GateBegun:
        transaction.gateOpen = true;
        break;
    case JournalEvent::Adopted:
        transaction.gateOpen = false;
        adopt(record.data[QStringLiteral("paths")].toArray(), transaction.plan.actions);
        break;
    case JournalEvent::Committed:
        transaction.committed = true;
        break;
    case JournalEvent::RollingBack:
        transaction.committed = false;
        break;
    case JournalEvent::Done:
        transaction.done = true;
        break;
    case JournalEvent::Begun:
    case JournalEvent::Prepared:
    case JournalEvent::Switched:
        break;
    }
}

} // namespace

Result<StoredTransaction> readTransaction(int folder)
{
    const QList<JournalRecord> records = Journal::read(folder);
    const auto prepared = std::find_if(records.begin(), records.end(), [](const JournalRecord &record) {
        return record.event == JournalEvent::Prepared;
    });
    if (prepared == records.end()) {
        return Error{ErrorCode::NotFound, QStringLiteral("The run had not switched anything.")};
    }
    const bool done = std::any_of(records.begin(), records.end(),
                                  [](const JournalRecord &record) { return record.event == JournalEvent::Done; });
    const QByteArray plan = readPlan(folder);
    if (plan.isEmpty() && done) { // killed while it was removed
        return StoredTransaction{.done = true};
    }
    if (checksumOfPlan(plan) != prepared->data[QStringLiteral("plan")].toString()) {
        return Error{ErrorCode::RollbackFailed,
                     QStringLiteral("The plan of the run is damaged: it cannot be told what was switched."),
                     QStringLiteral("Compare the workspace with the files in the run's slots.")};
    }
    StoredTransaction transaction;
    transaction.plan = TxPlan::fromJson(QJsonDocument::fromJson(plan).object());
    for (const JournalRecord &record : records) {
        follow(record, transaction);
    }
    return transaction;
}

Result<void> writeTransactionPlan(int folder, const QByteArray &text)
{
    const Descriptor file(Disk::makeFile(folder, planFileName, O_WRONLY | O_EXCL, 0600));
    if (!file.isOpen() || !Disk::writeAll(file.get(), text)) {
        return Error{ErrorCode::Io,
                     QStringLiteral("The plan of the run cannot be written: %1.")
                         .arg(QString::fromLocal8Bit(std::strerror(errno))),
                     QStringLiteral("Check the space on the disk of the workspace.")};
    }
    return {};
}

QString checksumOfPlan(const QByteArray &text)
{
    return QString::number(crc32c(text), 16);
}

} // namespace PatchPanel::Patch
