#pragma once

#include "services/common/error.h"
#include "services/common/runsettings.h"
#include "services/common/runstatus.h"
#include "services/common/taskoptions.h"
#include "services/relay/instance.h"

#include <QByteArray>
#include <QJsonObject>
#include <QMap>
#include <QMetaType>
#include <QString>

#include <optional>

namespace PatchPanel::Relay {

// What the relay asks a runner to do: run a task, or take a past run back.
struct RunRequest {
    QString runner = {}; // name or id of the one that has to do it; empty: any
    QString rollbackOf = {}; // id of the past run; of the members below only workspace and dryRun count then
    QString file = {}; // relative to the workspace; used when `content` is empty
    QByteArray content = {}; // the bytes of a task file that lies elsewhere
    QString contentName = {}; // its name, for messages
    QMap<QString, QByteArray> filesBeside = {}; // what `content` names with "contentsFrom"
    QString workspace = {}; // absolute; empty: the runner's default
    bool dryRun = false;
    bool force = false; // run although the cache knows it, or the task is disabledByDefault
    bool useCache = true;
    QString planId = {};
    TaskOptions options = {};
    RunSettings settings = {};
    int gateTimeoutSeconds = 0; // 0: as the task says
    // Idempotency-Key of the request, of which the same one may be sent again for the result of its run; empty: a new
    // one.
    QByteArray key = {};
    Place sentTo =
        {}; // where the key was sent to before: only a runner that knows it may have it again; empty: nowhere
    bool waitsBeforeSending = false; // for Relay::proceed(), once runnerChosen() told where it is about to go

    // Where it is posted to: /run-patch, or /runs/ID/rollback.
    QString endpoint() const;
    // The body of that request: only what differs from the default.
    QJsonObject toJson() const;
};

// How it ended, as the relay saw it.
struct RunOutcome {
    RunStatus status = RunStatus::Unknown;
    int httpStatus = 0;
    QString runId = {};
    QString runner = {}; // name of the instance that ran it
    QByteArray body = {}; // the response's JSON, as received
    QJsonObject response = {}; // the same, parsed
    qint64 totalMs = 0; // from submit to end
    std::optional<Error> error = {}; // no result came: NoRegistry, NoRunner, Unauthorized, …
};

} // namespace PatchPanel::Relay

Q_DECLARE_METATYPE(PatchPanel::Relay::RunOutcome)
