#pragma once

#include <QtGlobal>

#include <functional>

namespace PatchPanel {

// Calls body(i) for every 0 ≤ i < count, on this thread and on one more for each further processor (8 at most), and
// returns when all are done. Small counts stay on this thread. `body` must be safe to call on several threads at once;
// the first exception that leaves it is thrown again here.
void forEachInParallel(qsizetype count, const std::function<void(qsizetype)> &body);

} // namespace PatchPanel
