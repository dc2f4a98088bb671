#pragma once

#include "services/common/error.h"
#include "services/relay/instance.h"

#include <QByteArray>
#include <QMetaType>
#include <QString>

#include <optional>

namespace PatchPanel::Relay {

// Something to read from a runner, or to remove there.
struct Lookup {
    bool removes = false; // DELETE instead of GET
    QString path = {}; // "/runs"
    QString query = {}; // "limit=50&status=failed", percent-encoded; may be empty
    QByteArray accept = "application/json";
    Place place = {}; // only a runner that knows what was sent there is asked; empty: any
};

// What the runner said.
struct LookupAnswer {
    QByteArray body = {};
    std::optional<Error> error = {}; // no registry, no runner, or the runner's refusal
};

} // namespace PatchPanel::Relay

Q_DECLARE_METATYPE(PatchPanel::Relay::LookupAnswer)
