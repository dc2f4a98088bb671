#pragma once

#include "services/common/result.h"
#include "services/registry/serviceinstance.h"

#include <QUrlQuery>

namespace PatchPanel::Registry {

// The query parameters of Consul's API that the registry understands.

// A switch of a URL: false when it is missing, true when it is bare ("?passing"), else what Go's strconv.ParseBool
// reads. BadRequest for another value.
Result<bool> boolParameter(const QUrlQuery &query, const QString &name);

// The instances that have every `tag` of the query.
QList<ServiceInstance> withTags(QList<ServiceInstance> instances, const QUrlQuery &query);

// BadRequest for a parameter that changes the answer and that the registry does not know: it is never ignored.
// `near`, `stale`, `consistent` and `cached` change nothing on one node.
Result<void> refuseUnsupported(const QUrlQuery &query);

} // namespace PatchPanel::Registry
