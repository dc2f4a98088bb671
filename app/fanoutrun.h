#pragma once

#include "services/relay/runrequest.h"

#include <QMetaType>

namespace PatchPanel::App {

// What a fan-out knows of the run in one of its workspaces. A value.
struct FanOutRun {
    QString workspace = {}; // canonical path
    RunStatus status = RunStatus::Queued; // Running once a runner took it
    QString runId = {}; // empty: none has taken it
    QString runner = {};
    Relay::Place sentTo = {}; // where the request went, or was about to go: it may have come to a run there
    qint64 sentMs = 0; // since the epoch; 0: not sent, or not recorded
    int changes = 0; // paths
    int added = 0; // lines
    int removed = 0;
    QString commit = {};
    qint64 durationMs = 0;
    QString message = {};
    std::optional<Error> error = {}; // why it did not succeed
    int attempt = 0; // counts the runs that were cancelled or interrupted; part of its Idempotency-Key
    bool isEarlier = false; // its end was recorded before the fan-out was resumed

    // It has a result that another attempt would not change: a resumed fan-out leaves it alone.
    bool isSettled() const;
    // It ended, and going on takes another run: with another key, as that one tells of this end for good.
    bool endsAttempt() const;
    // A runner may have it, or have had it.
    bool wasSent() const { return !sentTo.isEmpty() || !runId.isEmpty(); }
    // Sending its key once more runs nothing twice: its runner still knows the key, or never had it.
    bool mayBeSent(qint64 nowMs) const;
    // What going on with it begins with.
    FanOutRun asToGoOn() const;
    // Takes over how the run ended.
    void take(const Relay::RunOutcome &outcome);

    // {"workspace","status","runId","runner","changes","added","removed","commit","durationMs"} and "message", or
    // "error" when it did not succeed; what is empty is left out.
    QJsonObject toJson() const;
    // Reads what toJson() wrote; a member that is missing, or of another type, stays as it is by default.
    static FanOutRun fromJson(const QJsonObject &object);
    // The message, or what the error says, up to the end of its first sentence: one line.
    QString firstSentence() const;
};

// How many of the runs stand so.
struct FanOutCounts {
    qsizetype total = 0;
    qsizetype ok = 0;
    qsizetype noop = 0;
    qsizetype skipped = 0;
    qsizetype failed = 0; // every other end but cancelled
    qsizetype cancelled = 0; // and interrupted
    qsizetype running = 0;
    qsizetype waiting = 0;

    explicit FanOutCounts(const QList<FanOutRun> &runs);
    qsizetype done() const { return total - running - waiting; }
    bool areAllFine() const { return ok + noop + skipped == total; }
};

} // namespace PatchPanel::App
