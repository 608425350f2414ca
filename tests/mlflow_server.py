"""A real tracking server of MLflow, in an environment of its own that also has what the planner needs."""

import fcntl
import os
import subprocess
import time
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tests.benchmarks.peer_environments import CACHE, environment

ROOT: Final = Path(__file__).resolve().parents[1]
_QUIET: Final = {"MLFLOW_DISABLE_TELEMETRY": "true", "DO_NOT_TRACK": "true", "PYTHONPATH": str(ROOT)}
_STARTS_S: Final = 180
_FREE: Final = "import socket; s = socket.socket(); s.bind(('127.0.0.1', 0)); print(s.getsockname()[1])"
_UP: Final = """
import sys, time, urllib.request
end = time.monotonic() + float(sys.argv[2])
while True:
    try:
        urllib.request.urlopen(sys.argv[1] + "/health", timeout=5).read()
        break
    except OSError:
        if time.monotonic() > end:
            raise
        time.sleep(0.3)
"""


def _needs() -> tuple[str, ...]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    return (*project["dependencies"], *project["optional-dependencies"]["spend"])


class _Package:
    NAME: str = "MLflow"
    INSTALLS: tuple[tuple[str, ...], ...] = (("mlflow==3.17.2", *_needs()),)
    HEAVY: bool = True
    ANSWERS: tuple[str, ...] = ()
    answerer: Any = None


@dataclass(frozen=True, slots=True)
class Server:
    """A server that answers at `uri`; whoever speaks to it runs in its environment, since tests know no network."""

    uri: str
    python: Path
    """Has MLflow's client, and imports `planner` and `tests` from here."""

    def run(self, *words: str, code: int = 0) -> str:
        """What Python prints with these words, such as `-m planner …` or `-c …`, run in the repository's root."""
        done = subprocess.run(
            [str(self.python), *words], cwd=ROOT, capture_output=True, text=True, check=False,
            env=os.environ | _QUIET | {"MLFLOW_TRACKING_URI": self.uri},
        )  # fmt: skip
        assert done.returncode == code, f"ended with {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done.stdout


@contextmanager
def served(folder: Path) -> Iterator[Server]:
    """A server whose database and artifacts lie in this folder, until the block ends."""
    python = _python()
    port = subprocess.run([str(python), "-c", _FREE], capture_output=True, text=True, check=True).stdout.strip()
    uri = f"http://127.0.0.1:{port}"
    command = [
        str(python), "-m", "mlflow", "server", "--host", "127.0.0.1", "--port", port, "--workers", "1",
        "--backend-store-uri", f"sqlite:///{folder / 'mlflow.db'}",
        "--artifacts-destination", str(folder / "artifacts"),
    ]  # fmt: skip
    with (folder / "server.log").open("wb") as log:
        server = subprocess.Popen(command, stdout=log, stderr=log, cwd=folder, env=os.environ | _QUIET)
        try:
            up = subprocess.run([str(python), "-c", _UP, uri, str(_STARTS_S)], capture_output=True, check=False)
            assert up.returncode == 0, (folder / "server.log").read_text("utf-8")[-2000:]
            yield Server(uri, python)
        finally:
            server.terminate()
            try:
                server.wait(20)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()


def _python() -> Path:
    """The environment's interpreter; workers that want it at the same time wait for the one that installs it."""
    CACHE.mkdir(exist_ok=True)
    with (CACHE / "mlflow.lock").open("w") as lock:
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                time.sleep(0.5)
        found = environment("mlflow", _Package(), CACHE)
    assert isinstance(found, Path), found
    return found
