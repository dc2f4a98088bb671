#pragma once

#include "services/storage/queue.h"

#include <QJsonObject>

namespace PatchPanel::App {

// {"job","state"}, of one that is in the queue also {"workspace","task","addedMs","attempt"}, and {"worker",
// "deliveries","silentMs"} of a running one, {"reason","worker","deliveries","deadForMs"} of a dead one, {"result"} of
// a finished one.
QJsonObject jobJson(const Storage::JobState &state);

} // namespace PatchPanel::App
