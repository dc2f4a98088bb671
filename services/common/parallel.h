#pragma once

#include <QtGlobal>

#include <functional>

namespace PatchPanel {

// How many threads forEachInParallel uses for so many items: this one and one more for each further processor, 8 at
// most. Small counts stay on this thread.
qsizetype workersFor(qsizetype count);

// Calls body(i, worker) for every 0 ≤ i < count and returns when all are done. Calls with the same `worker`, which is
// below workersFor(count), come one after another; others at the same time. The first exception that leaves `body` is
// thrown again here.
void forEachInParallel(qsizetype count, const std::function<void(qsizetype i, qsizetype worker)> &body);

} // namespace PatchPanel
