#pragma once

#include "services/registry/serviceinstance.h"

namespace PatchPanel::Registry {

// A service as other registries know it.
struct LearnedService {
    ServiceDefinition definition = {}; // with its id
    QMap<QString, HeardCheck> checks = {}; // by check id; a check that is missing was not heard of
    std::optional<QString> maintenance = {}; // the reason; absent: not in maintenance
};

} // namespace PatchPanel::Registry
