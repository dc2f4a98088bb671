#pragma once

#include "services/relay/runrequest.h"

#include <QString>

namespace PatchPanel::App {

// A task of the command line and what came of it.
struct TaskOutcome {
    QString task = {}; // as it was named
    Relay::RunOutcome outcome = {};

    // Why there is no result, or why the run did not succeed. Absent after a success and before the end.
    std::optional<Error> error() const;
};

} // namespace PatchPanel::App
