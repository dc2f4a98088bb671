#include "app/fanoutrun.h"

#include <QJsonArray>
#include <QRegularExpression>

namespace PatchPanel::App {

namespace {

constexpr qint64 keyLifetimeMs = 23LL * 60 * 60 * 1000; // an hour less than a runner keeps it, as clocks differ

// A list of changes, or their number.
int changesOf(const QJsonObject &response)
{
    const QJsonValue changes = response[QStringLiteral("changes")];
    return changes.isArray() ? static_cast<int>(changes.toArray().size()) : changes.toInt();
}

int linesOf(const QJsonObject &response, const QString &kind)
{
    int lines = 0;
    for (const QJsonValue &change : response[QStringLiteral("changes")].toArray()) {
        lines += change[kind].toInt();
    }
    return lines;
}

std::optional<Error> errorOf(const Relay::RunOutcome &outcome)
{
    const QJsonObject error = outcome.response[QStringLiteral("error")].toObject();
    if (outcome.error || error.isEmpty()) {
        return outcome.error;
    }
    return Error::fromJson(error);
}

} // namespace

bool FanOutRun::isSettled() const
{
    switch (status) {
    case RunStatus::Queued:
    case RunStatus::Running:
    case RunStatus::Busy:
    case RunStatus::Cancelled:
    case RunStatus::Interrupted:
    case RunStatus::Unknown:
        return false;
    default:
        return true;
    }
}

bool FanOutRun::endsAttempt() const
{
    return status == RunStatus::Busy || status == RunStatus::Cancelled || status == RunStatus::Interrupted;
}

bool FanOutRun::mayBeSent(qint64 nowMs) const
{
    return sentTo.isEmpty() || (nowMs >= sentMs && nowMs - sentMs < keyLifetimeMs);
}

FanOutRun FanOutRun::asToGoOn() const
{
    if (endsAttempt()) {
        return {.workspace = workspace, .attempt = attempt};
    }
    return {.workspace = workspace, .runId = runId, .sentTo = sentTo, .sentMs = sentMs, .attempt = attempt};
}

void FanOutRun::take(const Relay::RunOutcome &outcome)
{
    const QJsonObject &response = outcome.response;
    const QJsonValue commitValue = response[QStringLiteral("commit")];
    status = outcome.status;
    runId = outcome.runId.isEmpty() ? runId : outcome.runId;
    runner = outcome.runner.isEmpty() ? runner : outcome.runner;
    changes = changesOf(response);
    added = linesOf(response, QStringLiteral("added"));
    removed = linesOf(response, QStringLiteral("removed"));
    commit = commitValue.isObject() ? commitValue[QStringLiteral("id")].toString() : commitValue.toString();
    durationMs = response[QStringLiteral("durationMs")].toInteger(outcome.totalMs);
    message = response[QStringLiteral("message")].toString();
    error = isSuccess(status) ? std::nullopt : errorOf(outcome);
}

QJsonObject FanOutRun::toJson() const
{
    QJsonObject object{{QStringLiteral("workspace"), workspace}, {QStringLiteral("status"), toString(status)}};
    const auto putText = [&object](const char *key, const QString &text) {
        if (!text.isEmpty()) {
            object.insert(QLatin1String(key), text);
        }
    };
    putText("runId", runId);
    putText("runner", runner);
    putText("commit", commit);
    putText("message", error ? QString() : message);
    if (isFinal(status)) {
        object.insert(QStringLiteral("changes"), changes);
        object.insert(QStringLiteral("added"), added);
        object.insert(QStringLiteral("removed"), removed);
        object.insert(QStringLiteral("durationMs"), durationMs);
    }
    if (error) {
        object.insert(QStringLiteral("error"), error->toJson());
    }
    return object;
}

FanOutRun FanOutRun::fromJson(const QJsonObject &object)
{
    FanOutRun run;
    run.workspace = object[QStringLiteral("workspace")].toString();
    run.status = runStatusFromString(object[QStringLiteral("status")].toString()).value_or(RunStatus::Unknown);
    run.runId = object[QStringLiteral("runId")].toString();
    run.runner = object[QStringLiteral("runner")].toString();
    run.changes = object[QStringLiteral("changes")].toInt();
    run.added = object[QStringLiteral("added")].toInt();
    run.removed = object[QStringLiteral("removed")].toInt();
    run.commit = object[QStringLiteral("commit")].toString();
    run.durationMs = object[QStringLiteral("durationMs")].toInteger();
    run.message = object[QStringLiteral("message")].toString();
    if (const QJsonObject error = object[QStringLiteral("error")].toObject(); !error.isEmpty()) {
        run.error = Error::fromJson(error);
    }
    return run;
}

QString FanOutRun::firstSentence() const
{
    static const QRegularExpression end(QStringLiteral("(?<=[.!?])\\s|\\n"));
    const QString text = (error ? error->message : message).trimmed();
    return text.left(text.indexOf(end)).simplified();
}

FanOutCounts::FanOutCounts(const QList<FanOutRun> &runs)
    : total(runs.size())
{
    for (const FanOutRun &run : runs) {
        switch (run.status) {
        case RunStatus::Queued:
            ++waiting;
            break;
        case RunStatus::Running:
            ++running;
            break;
        case RunStatus::Ok:
            ++ok;
            break;
        case RunStatus::Noop:
            ++noop;
            break;
        case RunStatus::Skipped:
            ++skipped;
            break;
        case RunStatus::Cancelled:
        case RunStatus::Interrupted:
            ++cancelled;
            break;
        default:
            ++failed;
        }
    }
}

} // namespace PatchPanel::App
