"""A Prometheus on loopback that asks one process for its metrics, every second."""

import contextlib
import json
import subprocess
import time
import urllib.parse
import urllib.request
from pathlib import Path
from typing import Any

from tests.servers.process import (
    LOOPBACK,
    START_SECONDS,
    Child,
    Server,
    ServerFailed,
    free_port,
    program,
    server_folder,
)

SETTINGS = """\
global: {{scrape_interval: 1s, scrape_timeout: 1s}}
scrape_configs:
  - job_name: okno
    static_configs: [{{targets: ["{target}"]}}]
"""


class Prometheus(Server):
    """Raises ServerMissing where it is not installed."""

    def __init__(self, asked_port: int, folder: Path | None = None) -> None:
        self.folder, self._own_folder = server_folder(folder), folder is None
        self.port = free_port()
        settings = self.folder / "prometheus.yml"
        settings.write_text(SETTINGS.format(target=f"{LOOPBACK}:{asked_port}"))
        self.child = Child(
            "prometheus",
            [
                program("prometheus", package="prometheus"),
                f"--config.file={settings}",
                f"--storage.tsdb.path={self.folder / 'data'}",
                f"--web.listen-address={LOOPBACK}:{self.port}",
            ],
            self.folder / "prometheus.log",
            (self.port,),
        )

    def start(self) -> None:
        """Its port is open before it answers."""
        super().start()
        deadline = time.monotonic() + START_SECONDS
        while True:
            with contextlib.suppress(OSError), self._open("/-/ready"):
                return
            if time.monotonic() > deadline:
                self.child.kill()
                raise ServerFailed(f"prometheus is not ready\n{self.child.tail()}")
            time.sleep(0.05)

    def _open(self, path: str) -> Any:
        return urllib.request.urlopen(f"http://{LOOPBACK}:{self.port}{path}", timeout=10)

    def ask(self, path: str, **values: str) -> Any:
        """What the HTTP API says (https://prometheus.io/docs/prometheus/latest/querying/api/).

        An HTTPError where it refuses: an expression that cannot be parsed, for instance.
        """
        query = urllib.parse.urlencode(values)
        with self._open(f"/api/v1/{path}?{query}") as answer:
            found = json.load(answer)
        assert found["status"] == "success", found
        return found["data"]

    def values(self, expression: str) -> list[float]:
        """What the expression gives now; no value where it gives none."""
        return [float(one["value"][1]) for one in self.ask("query", query=expression)["result"]]


def faults_of(text: bytes) -> str:
    """What promtool finds in an answer of /metrics: "" where it is as Prometheus wants it."""
    command = [program("promtool", package="prometheus"), "check", "metrics"]
    done = subprocess.run(command, check=False, input=text, capture_output=True, timeout=20)
    return (done.stdout + done.stderr).decode()
