#include "tests/support/prometheusparser.h"
#include "tests/support/runnerserver.h"

#include <QTest>

using namespace PatchPanel;
using Test::PrometheusParser;
using Test::RunnerServer;
using Test::sampleTask;

class TestRunnerMetrics : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void tellsOfAnIdleRunner();
    void countsRunsByTheirEnd();
    void tellsWhatRunsAndWaits();
    void needsTheToken();
};

namespace {

struct Fixture {
    Test::TempWorkspace workspace;
    Test::TempWorkspace state;
    RunnerServer server{workspace, state};

    PrometheusParser metrics()
    {
        const Http::Reply reply = server.get(QStringLiteral("/metrics"));
        PrometheusParser parser;
        const QString wrong = parser.parse(reply.body);
        if (reply.status != 200 || !wrong.isEmpty()) {
            qWarning("HTTP %d, %s", reply.status, qPrintable(wrong));
            return {};
        }
        return parser;
    }
};

constexpr const char *durations = "patchpanel_run_duration_seconds";

} // namespace

void TestRunnerMetrics::tellsOfAnIdleRunner()
{
    Fixture f;
    const Http::Reply reply = f.server.get(QStringLiteral("/metrics"));
    QCOMPARE(Http::headerValue(reply.headers, "Content-Type"), QByteArray("text/plain; version=0.0.4; charset=utf-8"));
    const PrometheusParser metrics = f.metrics();
    QCOMPARE(metrics.typeOf("patchpanel_runs_total"), QByteArray("counter"));
    QCOMPARE(metrics.typeOf(durations), QByteArray("histogram"));
    QCOMPARE(metrics.value("patchpanel_runs_total", {{"status", "ok"}}), 0.0);
    QCOMPARE(metrics.value("patchpanel_run_duration_seconds_count"), 0.0);
    QCOMPARE(metrics.value("patchpanel_queued_runs"), 0.0);
    QCOMPARE(metrics.value("patchpanel_queue_limit"), 256.0);
    QCOMPARE(metrics.value("patchpanel_active_runs"), 0.0);
    QCOMPARE(metrics.value("patchpanel_slots"), 1.0);
    QCOMPARE(metrics.value("patchpanel_draining"), 0.0);
    QVERIFY(metrics.value("patchpanel_uptime_seconds").value_or(-1) >= 0);
    QCOMPARE(
        metrics.value("patchpanel_http_requests_total", {{"route", "/metrics"}, {"method", "GET"}, {"status", "2xx"}}),
        1.0);
}

void TestRunnerMetrics::countsRunsByTheirEnd()
{
    Fixture f;
    f.server.run(sampleTask());
    f.server.run(sampleTask(QStringLiteral("false"), QStringLiteral("other\n")));
    f.server.run(sampleTask(QStringLiteral("false"), QStringLiteral("more\n")));
    const PrometheusParser metrics = f.metrics();
    QCOMPARE(metrics.value("patchpanel_runs_total", {{"status", "ok"}}), 1.0);
    QCOMPARE(metrics.value("patchpanel_runs_total", {{"status", "failed"}}), 2.0);
    QCOMPARE(metrics.value("patchpanel_run_duration_seconds_count"), 3.0);
    QCOMPARE(metrics.value("patchpanel_run_duration_seconds_bucket", {{"le", "3600"}}), 3.0);
    QVERIFY(metrics.value("patchpanel_run_duration_seconds_sum").value_or(0) > 0);
    QCOMPARE(metrics.value("patchpanel_http_requests_total",
                           {{"route", "/run-patch"}, {"method", "POST"}, {"status", "2xx"}}),
             3.0);
}

void TestRunnerMetrics::tellsWhatRunsAndWaits()
{
    Fixture f;
    const Http::Headers asynchronously{{"Prefer", "respond-async"}};
    const QString running = Test::runIdOf(f.server.run(sampleTask(Test::waitForGo), asynchronously));
    const QString waiting = Test::runIdOf(f.server.run(sampleTask(), asynchronously));
    const PrometheusParser metrics = f.metrics();
    QCOMPARE(metrics.value("patchpanel_active_runs"), 1.0);
    QCOMPARE(metrics.value("patchpanel_queued_runs"), 1.0);
    f.server.runner().drain();
    QVERIFY(f.workspace.write(QStringLiteral("go"), ""));
    QVERIFY(f.server.waitForEnd(running));
    const PrometheusParser later = f.metrics();
    QCOMPARE(later.value("patchpanel_draining"), 1.0);
    QCOMPARE(later.value("patchpanel_runs_total", {{"status", "cancelled"}}), 1.0);
    QCOMPARE(later.value("patchpanel_run_duration_seconds_count"), 1.0); // the cancelled one never began
}

void TestRunnerMetrics::needsTheToken()
{
    Fixture f;
    Http::Client stranger({});
    Http::ClientRequest request;
    request.url = f.server.url();
    request.url.setPath(QStringLiteral("/metrics"));
    QCOMPARE(Test::exchange(stranger, request).status, 401);
}

QTEST_GUILESS_MAIN(TestRunnerMetrics)
#include "tst_runnermetrics.moc"
