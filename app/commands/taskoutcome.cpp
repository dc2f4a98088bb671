#include "app/commands/taskoutcome.h"

namespace PatchPanel::App {

std::optional<Error> TaskOutcome::error() const
{
    if (outcome.error) {
        return outcome.error;
    }
    const QJsonObject error = outcome.response[QStringLiteral("error")].toObject();
    if (!error.isEmpty()) {
        return Error::fromJson(error);
    }
    if (isSuccess(outcome.status) || !isFinal(outcome.status)) {
        return std::nullopt;
    }
    return Error{ErrorCode::Internal, outcome.response[QStringLiteral("message")].toString(toString(outcome.status))};
}

} // namespace PatchPanel::App
