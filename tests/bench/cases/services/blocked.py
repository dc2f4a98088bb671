"""The memory that blocking queries take while they wait in the registry."""

import contextlib
import resource
import socket
from urllib.parse import urlsplit

from cases.services.ours import ours
from cases.services.workspace import make_workspace
from harness.scratch import scratch
from harness.server import wait_until
from harness.table import bounded

CLIENTS = 1000
GOAL = 20  # MB for all of them
DESCRIPTORS = CLIENTS + 100
QUERY = "/v1/health/service/nobody"  # a service that never changes


def blocked_queries(clients=CLIENTS):
    with scratch() as room, contextlib.ExitStack() as connections:
        workspace = room / "workspace"
        make_workspace(workspace)
        mine = connections.enter_context(ours(workspace, room))
        yield bounded(f"registry, {clients:,} blocked queries: growth, MB", growth(mine, clients, connections), GOAL)


def growth(mine, clients, connections):
    """The resident memory, in MB, that so many waiting clients add; they leave with the stack `connections`."""
    allow_descriptors()
    index = mine.request(mine.registry + QUERY).answer()[0]["X-Consul-Index"]
    others = blocked(mine)
    before = mine.server.resident_mb()
    for _ in range(clients):
        connections.enter_context(waiting_client(mine, index))
    wait_until(lambda: blocked(mine) >= others + clients, f"{clients} queries to wait")
    return mine.server.resident_mb() - before


def blocked(mine):
    return mine.request(f"{mine.registry}/health").ask()["blockedQueries"]


def waiting_client(mine, index):
    """A connection whose query waits for a change behind `index`."""
    place = urlsplit(mine.registry)
    connection = socket.create_connection((place.hostname, place.port))
    connection.sendall(
        f"GET {QUERY}?index={index}&wait=300000ms HTTP/1.1\r\nHost: {place.netloc}\r\n"
        f"X-Consul-Token: {mine.token}\r\n\r\n".encode()
    )
    return connection


def allow_descriptors():
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < DESCRIPTORS:
        resource.setrlimit(resource.RLIMIT_NOFILE, (DESCRIPTORS, hard))
