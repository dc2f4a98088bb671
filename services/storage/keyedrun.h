#pragma once

#include "services/common/result.h"

#include <QByteArray>
#include <QList>
#include <QString>

namespace PatchPanel::Storage {

class Database;

// Which run an Idempotency-Key belongs to, as it is kept beside the runs of a history.
struct KeyedRun {
    QByteArray key = {}; // SHA-256 of the key, hexadecimal
    QByteArray request = {}; // SHA-256 of what was asked for, hexadecimal
    QString runId = {};
    QString process = {}; // that accepted it, by its processIdentity()
    QString runner = {};
    QString workspace = {}; // canonical path
    QString task = {}; // its name in messages
    bool dryRun = false;
    qint64 acceptedMs = 0; // since the epoch
    QByteArray result = {}; // compact JSON; empty until the end of the run is recorded
};

// What History does with its table of keys, on one connection.
namespace KeyedRuns {

// Stores the run unless its key has one already; keys that were accepted before `keptSinceMs` are forgotten. The run
// that the key belongs to now. In a transaction.
Result<KeyedRun> claim(const Database &database, const KeyedRun &run, qint64 keptSinceMs);
// Forgets the key, if it belongs to this run: the run did not come about.
Result<void> release(const Database &database, const KeyedRun &run);
Result<void> setResult(const Database &database, const QString &runId, const QByteArray &result);
// Those without a result.
Result<QList<KeyedRun>> unfinished(const Database &database);

} // namespace KeyedRuns

} // namespace PatchPanel::Storage
