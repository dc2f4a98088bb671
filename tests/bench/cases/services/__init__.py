"""The services' rows: `./dev bench services`, or one of them as `./dev bench services/runner`."""

from cases.services.blocked import blocked_queries
from cases.services.overhttp import registry_load, runner_load
from cases.services.relayed import relayed_runs

CASES = {
    "runner": runner_load,
    "registry": registry_load,
    "blocked": blocked_queries,
    "relay": relayed_runs,
}
