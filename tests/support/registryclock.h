#pragma once

#include "services/registry/serviceregistry.h"

namespace PatchPanel::Test {

// A clock that only a test moves.
struct ManualClock {
    std::chrono::steady_clock::time_point now = std::chrono::steady_clock::time_point(std::chrono::hours(1));

    MonotonicClock reader()
    {
        return [this] {
            return now;
        };
    }

    // Time as it passes for a registry that runs: swept every second and at the end.
    void pass(std::chrono::milliseconds time, Registry::ServiceRegistry &registry)
    {
        constexpr std::chrono::seconds step(1);
        for (; time > step; time -= step) {
            now += step;
            registry.sweep();
        }
        now += time;
        registry.sweep();
    }
};

inline const QString runnerCheck = QStringLiteral("service:runner-1");

// An instance of "runner" that is passing, with a lease of 15 s; critical for 60 s, it is removed.
inline Registry::ServiceDefinition runnerDefinition(const QString &id = QStringLiteral("runner-1"))
{
    using namespace std::chrono_literals;
    Registry::ServiceDefinition definition;
    definition.id = id;
    definition.name = QStringLiteral("runner");
    definition.address = QStringLiteral("127.0.0.1");
    definition.port = 5050;
    definition.checks = {
        Registry::CheckDefinition{.ttl = 15s, .deregisterAfter = 60s, .status = Registry::CheckStatus::Passing}};
    return definition;
}

} // namespace PatchPanel::Test
