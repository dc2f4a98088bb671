#pragma once

#include "services/common/result.h"
#include "services/registry/serviceinstance.h"

#include <QByteArray>

namespace PatchPanel::Registry {

// What a registry knows, without the leases: it can be written to a file and read back.
struct RegistryState {
    struct Instance {
        ServiceDefinition definition = {}; // with the status of each check as it is
        QMap<QString, QString> outputs = {}; // check id → output; empty ones are missing
        std::optional<QString> maintenance = {}; // the reason; absent: not in maintenance

        bool operator==(const Instance &) const = default;
    };

    quint64 index = 1; // the newest that was told
    QList<Instance> instances = {};

    bool operator==(const RegistryState &) const = default;
};

// JSON with a version: {"version":1,"index":N,"services":[{"registration","outputs","maintenance"}]}, where
// "registration" is what PUT /v1/agent/service/register takes.
QByteArray toBytes(const RegistryState &state);
// BadRequest says where and what is wrong, and when a newer version wrote it.
Result<RegistryState> readRegistryState(QByteArrayView bytes);

} // namespace PatchPanel::Registry
