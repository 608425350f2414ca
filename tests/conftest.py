"""What every test runs under: no network, one time zone, one language; and how golden files compare."""

import difflib
import os
import socket
import time
from collections.abc import Callable, Generator, Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.mlflow_server import Server, served

GOLDEN = Path(__file__).parent / "golden"
CURE = "If the new text is what you meant: run `make golden`, and read the diff before you commit it."

Golden = Callable[[str, str], None]

# Examples are not timed: a busy machine is no bug. In CI they are the same every time; elsewhere they look further.
settings.register_profile("planner", deadline=None, derandomize=bool(os.environ.get("CI")))
settings.load_profile("planner")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let `make golden` accept what the code writes now."""
    parser.addoption("--update-golden", action="store_true", help="write tests/golden/ instead of comparing with it")


def pytest_configure(config: pytest.Config) -> None:
    """Let tests whose texts lie beside their cases know too, in every worker."""
    if config.getoption("--update-golden"):
        os.environ["UPDATE_GOLDEN"] = "1"


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep the tests of a file on one worker: what they share is made once, not once a worker."""
    for item in items:
        if item.get_closest_marker("xdist_group") is None:
            item.add_marker(pytest.mark.xdist_group(f"{item.path.parent.name}.{item.path.stem}"))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """In CI a real test that skips has failed: its tools are what `make test-real` installs."""
    report = yield
    if report.skipped and os.environ.get("CI") and item.get_closest_marker("real") and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} skipped in CI: {report.longrepr}"
    return report


@pytest.fixture(scope="session", autouse=True)
def fixed_environment() -> Iterator[None]:
    """Time zone, language, colour, width and no settings of whoever runs the tests."""
    with pytest.MonkeyPatch.context() as patch:
        for name in list(os.environ):
            if name.startswith("PLANNER_") or name in ("LC_ALL", "FORCE_COLOR", "GITHUB_ACTIONS"):
                patch.delenv(name)
        # What an earlier run kept must not answer for this one.
        for name, value in {
            "TZ": "UTC",
            "LANG": "C.UTF-8",
            "NO_COLOR": "1",
            "COLUMNS": "100",
            "PLANNER_CACHE": "none",
        }.items():
            patch.setenv(name, value)
        time.tzset()
        yield


class NoNetwork(socket.socket):
    """A socket that can reach this process only."""

    def __init__(self, family: int = -1, type: int = -1, proto: int = -1, fileno: int | None = None) -> None:  # noqa: A002
        if fileno is None and family != socket.AF_UNIX:
            message = "a test tried to use the network; prices, models and reports must come from files"
            raise RuntimeError(message)
        super().__init__(family, type, proto, fileno)


@pytest.fixture(scope="session", autouse=True)
def no_network() -> Iterator[None]:
    """Make the network impossible rather than unlikely."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket, "socket", NoNetwork)
        yield


@pytest.fixture
def without_advice(monkeypatch: pytest.MonkeyPatch) -> None:
    """Plans of jobs without advice, sensitivity and alternatives, which take most of the time and are tested apart.

    Fronts, figures and decisions, what stands beside them and what to relax stay the same.
    """
    from planner.kinds import fine_tune
    from planner.kinds.advise.counsel import Counsel
    from planner.outcome import Alternatives

    monkeypatch.setattr(fine_tune, "counsel", lambda *_, **__: Counsel())
    monkeypatch.setattr(fine_tune, "alternatives", lambda *_, **__: Alternatives())


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Golden:
    """`golden(name, text)`: text must equal tests/golden/<name>, or becomes it under --update-golden."""
    update: bool = request.config.getoption("--update-golden")

    def compare(name: str, text: str) -> None:
        path = GOLDEN / name
        if update:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text.encode())
            return
        if not path.is_file():
            pytest.fail(f"tests/golden/{name} is missing. {CURE}", pytrace=False)
        expected = path.read_bytes().decode()
        if text != expected:
            lines = difflib.unified_diff(
                expected.splitlines(), text.splitlines(), f"tests/golden/{name}", "now", lineterm="", n=2
            )
            diff = "\n".join(list(lines)[:200]) or "(only line endings or the last newline differ)"
            pytest.fail(f"{diff}\n\n{CURE}", pytrace=False)

    return compare


@pytest.fixture(scope="session")
def mlflow_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A real tracking server of MLflow; for tests marked `real`."""
    with served(tmp_path_factory.mktemp("mlflow")) as server:
        yield server
