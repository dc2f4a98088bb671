#pragma once

#include "services/relay/instance.h"

#include <QHash>
#include <QSet>

#include <optional>

namespace PatchPanel::Relay {

// What this relay has given to an instance.
struct Load {
    int outstanding = 0; // runs that have not ended
    quint64 lastUsed = 0; // number of the choice that took it last; 0: never
};

// The instance for the next run: least outstanding by weight, ties to the least recently used, then to the first.
// Draining instances and those in `excluded` (ids) do not count; absent when none is left. `loads` is by id.
std::optional<Instance> chooseInstance(const QList<Instance> &instances, const QHash<QString, Load> &loads,
                                       const QSet<QString> &excluded);

} // namespace PatchPanel::Relay
