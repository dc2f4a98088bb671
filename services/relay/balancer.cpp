#include "services/relay/balancer.h"

#include <algorithm>

namespace PatchPanel::Relay {

namespace {

constexpr qsizetype mostCompared = 64;

struct Candidate {
    const Instance *instance;
    Load load;

    bool isFull() const { return instance->slotCount > 0 && load.outstanding >= instance->slotCount; }
    // The quotients outstanding / weight, compared without dividing.
    bool isBetterThan(const Candidate &other) const
    {
        if (isFull() != other.isFull()) {
            return !isFull();
        }
        const qint64 own = static_cast<qint64>(load.outstanding) * other.instance->weight;
        const qint64 others = static_cast<qint64>(other.load.outstanding) * instance->weight;
        return own != others ? own < others : load.lastUsed < other.load.lastUsed;
    }
};

// Two of them, of which the second is never the first.
QList<const Instance *> twoOf(const QList<const Instance *> &instances, const RandomBelow &random)
{
    const qsizetype first = random(instances.size());
    const qsizetype second = random(instances.size() - 1);
    return {instances.at(first), instances.at(second < first ? second : second + 1)};
}

QList<const Instance *> eligibleOf(const QList<Instance> &instances, const QSet<QString> &excluded)
{
    QList<const Instance *> eligible;
    for (const Instance &instance : instances) {
        if (!instance.isDraining() && !excluded.contains(instance.id)) {
            eligible.append(&instance);
        }
    }
    return eligible;
}

} // namespace

std::optional<Instance> chooseInstance(const QList<Instance> &instances, const QHash<QString, Load> &loads,
                                       const QSet<QString> &excluded, const RandomBelow &random)
{
    QList<const Instance *> eligible = eligibleOf(instances, excluded);
    if (eligible.size() > mostCompared) {
        eligible = twoOf(eligible, random);
    }
    std::optional<Candidate> best;
    for (const Instance *instance : std::as_const(eligible)) {
        const Candidate candidate{instance, loads.value(instance->id)};
        if (!best || candidate.isBetterThan(*best)) {
            best = candidate;
        }
    }
    return best ? std::optional(*best->instance) : std::nullopt;
}

QList<Instance> instancesAt(const Place &place, const QList<Instance> &instances)
{
    if (place.isEmpty()) {
        return instances;
    }
    QList<Instance> found;
    for (const Instance &instance : instances) {
        if (instance.history() == place.history) {
            found.insert(instance.id == place.runner ? 0 : found.size(), instance);
        }
    }
    return found;
}

bool areAllFull(const QList<Instance> &instances, const QHash<QString, Load> &loads, const QSet<QString> &excluded)
{
    const QList<const Instance *> eligible = eligibleOf(instances, excluded);
    return !eligible.isEmpty() && std::all_of(eligible.begin(), eligible.end(), [&loads](const Instance *instance) {
        return Candidate{instance, loads.value(instance->id)}.isFull();
    });
}

} // namespace PatchPanel::Relay
