#include "services/relay/outcome.h"

#include "services/common/json.h"
#include "services/common/step.h"

#include <QJsonArray>

#include <algorithm>

namespace PatchPanel::Relay {

namespace {

bool hasSkippedGates(const QJsonObject &response)
{
    const QJsonArray gates = response[QStringLiteral("gates")].toArray();
    return std::any_of(gates.begin(), gates.end(), [](const QJsonValue &gate) {
        return gate[QStringLiteral("state")].toString() == toString(StepState::Skipped);
    });
}

// How a run stands that a runner refused with this error.
RunStatus statusOf(ErrorCode code)
{
    switch (code) {
    case ErrorCode::InvalidTask:
    case ErrorCode::UnsafePath:
    case ErrorCode::OutsideWorkspace:
    case ErrorCode::NotFound:
        return RunStatus::Invalid;
    case ErrorCode::DoesNotApply:
    case ErrorCode::Ambiguous:
        return RunStatus::Conflict;
    case ErrorCode::Stale:
        return RunStatus::Stale;
    case ErrorCode::Busy:
        return RunStatus::Busy;
    case ErrorCode::GateFailed:
        return RunStatus::Failed;
    case ErrorCode::RollbackFailed:
        return RunStatus::RollbackFailed;
    case ErrorCode::Cancelled:
        return RunStatus::Cancelled;
    default:
        return RunStatus::Unknown;
    }
}

// QJsonObject sorts its keys: this writes members in the order in which they are added.
class ObjectWriter {
public:
    void add(const char *key, const QJsonValue &value)
    {
        m_text += m_text.isEmpty() ? "{\"" : ",\"";
        m_text += key;
        m_text += "\":" + json(value);
    }
    QByteArray text() const { return m_text + '}'; }

private:
    static QByteArray json(const QJsonValue &value)
    {
        const QByteArray list = QJsonDocument(QJsonArray{value}).toJson(QJsonDocument::Compact);
        return list.sliced(1, list.size() - 2);
    }

    QByteArray m_text;
};

QString shownStatus(const RunOutcome &outcome)
{
    const bool isLost = outcome.error && outcome.error->code == ErrorCode::Unavailable;
    return outcome.status == RunStatus::Unknown && outcome.error && !isLost ? QStringLiteral("error")
                                                                            : toString(outcome.status);
}

void addText(ObjectWriter &writer, const char *key, const QString &text)
{
    if (!text.isEmpty()) {
        writer.add(key, text);
    }
}

} // namespace

std::optional<RunOutcome> outcomeOf(const Http::Reply &reply)
{
    const Result<QJsonObject> response = reply.json();
    if (!reply.ok() || !response) {
        return std::nullopt;
    }
    const std::optional<RunStatus> status = runStatusFromString(response->value(QStringLiteral("status")).toString());
    if (!status || !isFinal(*status)) {
        return std::nullopt;
    }
    RunOutcome outcome;
    outcome.status = *status;
    outcome.httpStatus = reply.status;
    outcome.runId = response->value(QStringLiteral("runId")).toString();
    outcome.runner = response->value(QStringLiteral("runner")).toString();
    outcome.body = reply.body;
    outcome.response = *response;
    return outcome;
}

RunOutcome outcomeOf(const Error &error)
{
    RunOutcome outcome;
    outcome.status = statusOf(error.code);
    outcome.error = error;
    return outcome;
}

QByteArray summaryLine(const RunOutcome &outcome)
{
    const QJsonObject &response = outcome.response;
    ObjectWriter writer;
    writer.add("status", shownStatus(outcome));
    addText(writer, "runId", outcome.runId);
    addText(writer, "runner", outcome.runner);
    if (response.contains(QStringLiteral("changes"))) {
        writer.add("changes", response[QStringLiteral("changes")].toArray().size());
    }
    if (hasSkippedGates(response)) {
        writer.add("gates", QStringLiteral("skipped"));
    }
    addText(writer, "commit", response[QStringLiteral("commit")][QStringLiteral("id")].toString());
    writer.add("durationMs", response[QStringLiteral("durationMs")].toInteger(outcome.totalMs));
    addText(writer, "report", response[QStringLiteral("report")].toString());
    const QJsonObject error = outcome.error ? outcome.error->toJson() : response[QStringLiteral("error")].toObject();
    if (!error.isEmpty()) {
        writer.add("error",
                   QJsonObject{{QStringLiteral("code"), error[QStringLiteral("code")]},
                               {QStringLiteral("detail"), error[QStringLiteral("detail")]}});
    }
    return writer.text();
}

} // namespace PatchPanel::Relay
