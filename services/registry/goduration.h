#pragma once

#include <QStringView>

#include <chrono>
#include <optional>

namespace PatchPanel::Registry {

// A duration as Go's time.ParseDuration writes it: "15s", "1m30s", "1.5h", "250ms", "0". Absent for anything else and
// for negative ones, which no registry field allows. A positive duration below 1 ms becomes 1 ms.
std::optional<std::chrono::milliseconds> parseGoDuration(QStringView text);

} // namespace PatchPanel::Registry
