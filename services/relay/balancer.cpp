#include "services/relay/balancer.h"

namespace PatchPanel::Relay {

namespace {

struct Candidate {
    const Instance *instance;
    Load load;

    // The quotients outstanding / weight, compared without dividing.
    bool isBetterThan(const Candidate &other) const
    {
        const qint64 own = static_cast<qint64>(load.outstanding) * other.instance->weight;
        const qint64 others = static_cast<qint64>(other.load.outstanding) * instance->weight;
        return own != others ? own < others : load.lastUsed < other.load.lastUsed;
    }
};

} // namespace

std::optional<Instance> chooseInstance(const QList<Instance> &instances, const QHash<QString, Load> &loads,
                                       const QSet<QString> &excluded)
{
    std::optional<Candidate> best;
    for (const Instance &instance : instances) {
        if (instance.isDraining() || excluded.contains(instance.id)) {
            continue;
        }
        const Candidate candidate{&instance, loads.value(instance.id)};
        if (!best || candidate.isBetterThan(*best)) {
            best = candidate;
        }
    }
    return best ? std::optional(*best->instance) : std::nullopt;
}

} // namespace PatchPanel::Relay
