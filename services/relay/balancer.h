#pragma once

#include "services/relay/instance.h"

#include <QHash>
#include <QSet>

#include <functional>
#include <optional>

namespace PatchPanel::Relay {

// What this relay has given to an instance.
struct Load {
    int outstanding = 0; // runs that have not ended
    quint64 lastUsed = 0; // number of the choice that took it last; 0: never
};

// A whole number from 0 to below the given one.
using RandomBelow = std::function<qsizetype(qsizetype)>;

// The instance for the next run: one with a free slot before one without, then least outstanding by weight, ties to the
// least recently used, then to the first. Among more than 64 instances it is the better one of two at random: nearly as
// even, and many relays do not all run to the same one. Draining instances and those in `excluded` (ids) do not count;
// absent when none is left. `loads` is by id.
std::optional<Instance> chooseInstance(const QList<Instance> &instances, const QHash<QString, Load> &loads,
                                       const QSet<QString> &excluded, const RandomBelow &random);

// Those that know what was sent to that place: the runner itself first, then all that share its history. All of
// `instances` when the place is empty.
QList<Instance> instancesAt(const Place &place, const QList<Instance> &instances);

// Whether a run must wait: all of those instances are full. Not when none of them can be chosen at all.
bool areAllFull(const QList<Instance> &instances, const QHash<QString, Load> &loads, const QSet<QString> &excluded);

} // namespace PatchPanel::Relay
