"""Load from wrk: the same request again and again over a number of connections."""

import http.client
import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from harness.process import BenchFailure, measure
from harness.scratch import Skipped

SCRIPT = Path(__file__).resolve().parents[1] / "load" / "request.lua"
ANSWER_LIMIT = 20  # seconds for one answer
JSON = ("Content-Type: application/json",)  # headers of a request with a body


@dataclass(frozen=True)
class Request:
    url: str
    method: str = "GET"
    body: str = ""
    headers: tuple = ()  # of "Name: value"


    def ask(self):
        """Sends it once and returns the JSON of the answer; BenchFailure unless that has status 200."""
        return json.loads(self.answer()[1])

    def answer(self):
        """The same, but returns the answer's headers and its bytes."""
        place = urlsplit(self.url)
        connection = http.client.HTTPConnection(place.hostname, place.port, timeout=ANSWER_LIMIT)
        try:
            headers = dict(header.split(": ", 1) for header in self.headers)
            connection.request(self.method, self.url.partition(place.netloc)[2], self.body or None, headers)
            answer = connection.getresponse()
            body = answer.read()
        finally:
            connection.close()
        if answer.status != 200:
            raise BenchFailure(f"{self.method} {self.url}: {answer.status} {body[:400].decode(errors='replace')}")
        return answer.headers, body


@dataclass(frozen=True)
class Answered:
    requests: int
    seconds: float


def drive(request, connections, seconds, expected=""):
    """Sends `request` over so many connections for so many whole seconds, each as soon as the one before is answered.

    BenchFailure for any answer but a success and for any error of a connection; with a text `expected` also for an
    answer but 200, or without that text, which costs wrk more time. Returns what was Answered.
    """
    if not shutil.which("wrk"):
        raise Skipped("wrk is missing: apt-get install wrk")
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", f"--timeout={ANSWER_LIMIT}s", "-s", SCRIPT]
    arguments = [request.method, request.body, expected, *request.headers]
    output = measure([*command, request.url, "--", *arguments], SCRIPT.parent).output.decode("utf-8", "replace")
    told = json.loads(output.splitlines()[-1])
    if told["wrong"] or not told["requests"]:
        raise BenchFailure(f"{request.method} {request.url}: {told['wrong'] or 'no answer at all'}")
    return Answered(told["requests"], told["seconds"])
