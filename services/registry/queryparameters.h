#pragma once

#include "services/common/result.h"
#include "services/registry/serviceinstance.h"

#include <QUrlQuery>

#include <chrono>

namespace PatchPanel::Registry {

// The query parameters of Consul's API that the registry understands.

// A switch of a URL: false when it is missing, true when it is bare ("?passing"), else what Go's strconv.ParseBool
// reads. BadRequest for another value.
Result<bool> boolParameter(const QUrlQuery &query, const QString &name);

// The instances that have every `tag` of the query.
QList<ServiceInstance> withTags(QList<ServiceInstance> instances, const QUrlQuery &query);

// What makes a query wait (https://developer.hashicorp.com/consul/api-docs/features/blocking).
struct Blocking {
    quint64 index = 0; // the newest that the client knows; 0: it does not wait
    std::chrono::milliseconds wait = {}; // for news, at most: 5 min unless the client says otherwise, never over 10 min
};

// `index` and `wait` of the query. BadRequest for what is no number and no Go duration.
Result<Blocking> blockingParameters(const QUrlQuery &query);

// BadRequest for a parameter that changes the answer and that the registry does not know: it is never ignored.
// `near`, `stale`, `consistent` and `cached` change nothing on one node.
Result<void> refuseUnsupported(const QUrlQuery &query);

} // namespace PatchPanel::Registry
