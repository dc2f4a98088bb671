#pragma once

#include "services/common/result.h"
#include "services/relay/instance.h"

namespace PatchPanel::Http {
struct Reply;
} // namespace PatchPanel::Http

namespace PatchPanel::Relay {

// The instances that an answer to GET /v1/health/service/NAME tells, perhaps none. NoRegistry: `registry` did not
// answer, or not as a registry does; Unauthorized; UntrustedCertificate or Forbidden, as a client tells them.
Result<QList<Instance>> instancesIn(const QUrl &registry, const Http::Reply &reply);

// For messages: without a password.
QString shownUrl(const QUrl &registry);

} // namespace PatchPanel::Relay
