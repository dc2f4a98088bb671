#pragma once

#include "services/common/runstatus.h"
#include "services/http/prometheustext.h"
#include "services/runner/runner.h"

#include <array>

namespace PatchPanel::Runner {

// Counts the runs that ended, for GET /metrics. Lives on the service's thread; owned by RunnerApi.
class RunMetrics {
public:
    void runEnded(const RunRecord &record);
    // patchpanel_runs_total by status and patchpanel_run_duration_seconds; of the latter only runs that had begun.
    void append(Http::PrometheusText &text) const;

private:
    static constexpr std::array bounds{0.01, 0.05, 0.1, 0.5, 1.0, 5.0, 15.0, 60.0, 300.0, 900.0, 3600.0}; // seconds

    void observe(double seconds);

    std::array<quint64, static_cast<std::size_t>(RunStatus::Unknown) + 1> m_byStatus = {};
    std::array<quint64, bounds.size() + 1> m_buckets = {}; // not cumulated; the last is for what is longer
    double m_seconds = 0;
};

// What the runner is doing now: queue, active runs, slots, draining and uptime.
void appendRunnerGauges(Http::PrometheusText &text, const Runner &runner, qint64 uptimeMs);

} // namespace PatchPanel::Runner
