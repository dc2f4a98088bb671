#include "services/runner/runmetrics.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace PatchPanel::Runner {

namespace {

using Http::PrometheusText;
using Type = PrometheusText::Type;

QByteArray boundText(double bound)
{
    return std::isinf(bound) ? QByteArray("+Inf") : QByteArray::number(bound);
}

} // namespace

void RunMetrics::runEnded(const RunRecord &record)
{
    ++m_byStatus[static_cast<std::size_t>(record.status)];
    if (record.hasBegun) {
        observe(static_cast<double>(record.durationMs) / 1000);
    }
}

void RunMetrics::observe(double seconds)
{
    const auto bucket = std::lower_bound(bounds.begin(), bounds.end(), seconds) - bounds.begin();
    ++m_buckets[static_cast<std::size_t>(bucket)];
    m_seconds += seconds;
}

void RunMetrics::append(PrometheusText &text) const
{
    text.family("patchpanel_runs_total", Type::Counter, "Runs that ended, by the status they ended with.");
    for (std::size_t i = 0; i < m_byStatus.size(); ++i) {
        if (const auto status = static_cast<RunStatus>(i); isFinal(status)) {
            text.sample("patchpanel_runs_total", {{"status", toString(status).toUtf8()}},
                        static_cast<double>(m_byStatus[i]));
        }
    }
    text.family("patchpanel_run_duration_seconds", Type::Histogram, "Time from the start of a run to its end.");
    quint64 runs = 0;
    for (std::size_t i = 0; i < m_buckets.size(); ++i) {
        runs += m_buckets[i];
        const double bound = i < bounds.size() ? bounds[i] : std::numeric_limits<double>::infinity();
        text.sample("patchpanel_run_duration_seconds_bucket", {{"le", boundText(bound)}}, static_cast<double>(runs));
    }
    text.sample("patchpanel_run_duration_seconds_sum", {}, m_seconds);
    text.sample("patchpanel_run_duration_seconds_count", {}, static_cast<double>(runs));
}

void appendRunnerGauges(PrometheusText &text, const Runner &runner, qint64 uptimeMs)
{
    text.single("patchpanel_queued_runs", Type::Gauge, "Runs that wait.", runner.queuedRuns());
    text.single("patchpanel_queue_limit", Type::Gauge, "Runs that may wait.", runner.settings().queueLimit);
    text.single("patchpanel_active_runs", Type::Gauge, "Runs in progress.", runner.activeRuns());
    text.single("patchpanel_slots", Type::Gauge, "Workspaces that are worked on at once.", runner.settings().slots);
    text.single("patchpanel_draining", Type::Gauge, "1 while the runner shuts down and takes no run.",
                runner.isDraining() ? 1 : 0);
    text.single("patchpanel_uptime_seconds", Type::Gauge, "Time since the runner started.",
                static_cast<double>(uptimeMs) / 1000);
}

} // namespace PatchPanel::Runner
