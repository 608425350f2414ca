"""Progress on a terminal and in a log."""

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import sys
import termios
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from planner.choose.progress import Tick
from planner.cli import progress
from planner.cli.progress import BatchFollower, Follower, Screen, progress_bar
from planner.cli.progress_text import batch_line, batch_words, tick_line, tick_words
from tests.cli.calls import SMALL
from tests.project.checkout import ROOT

NOW = """\
import planner.cli.progress as progress
progress.AFTER_S = progress.DRAWN_S = progress.FIRST_LINE_S = progress.LINE_S = 0.0
"""
"""Show everything at once."""


def tick(done: int = 450, stage: Any = "grid", volume: float | None = 0.81234) -> Tick:
    return Tick(stage, done, 1000, 34, lambda: volume)


def test_a_line_says_stage_rate_front_and_hypervolume() -> None:
    assert tick_line("bot", tick(), 1.234e6, 0.81234, 120) == (
        "bot grid [##########--------------]  45%, 1.23 M combinations/s, front 34, hypervolume 0.8123"
    )
    assert tick_words("bot", tick(stage="polish"), 12, None) == (
        "bot: polish, 450 of 1,000 combinations (45%), 12.0 combinations/s, front 34"
    )


@pytest.mark.parametrize("width", range(0, 121, 7))
def test_a_line_fits_its_terminal(width: int) -> None:
    lines = [
        tick_line("a-name-of-some-length", tick(), 1.234e6, 0.8, width),
        batch_line(3, 40, 1, ["one", "two", "three", "four", "five"], width),
    ]
    assert all(len(line) <= width for line in lines)
    if width > 30:
        assert "45%" in lines[0]
        assert "3 of 40" in lines[1]


def test_nothing_to_search_is_no_division() -> None:
    assert "0%" in tick_line("bot", Tick("grid", 0, 0, 0, lambda: None), 0.0, None, 80)
    assert "0 of 0 combinations," in tick_words("bot", Tick("grid", 0, 0, 0, lambda: None), 0.0, None)


def test_a_batch_names_some_of_what_runs() -> None:
    assert batch_words(3, 40, 1, list("abcdef")) == "3 of 40 scenarios done, 1 failed; now a, b, c, d and 2 more"
    assert batch_words(0, 2, 0, []) == "0 of 2 scenarios done"


def test_without_a_terminal_there_are_lines_now_and_then(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _Clock.now = 0.0
    monkeypatch.setattr(progress, "time", _Clock())
    follow = Follower("bot", Screen({}))
    for done in range(1, 31):
        _Clock.now = float(done)
        follow(tick(done, "grid" if done < 20 else "sampling"))
    shown = capsys.readouterr()
    assert shown.out == ""
    lines = shown.err.splitlines()
    # None in the first five seconds: most plans take less.
    assert [line.split(",")[0] for line in lines] == ["bot: grid", "bot: grid", "bot: sampling"]
    assert "1.00 combinations/s" in lines[0]
    assert "\x1b" not in shown.err


class _Clock:
    """A clock that a test sets."""

    now = 0.0

    def monotonic(self) -> float:
        return _Clock.now


def test_the_hypervolume_is_computed_at_most_twice_a_second(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(progress, "time", _Clock())
    _Clock.now = 0.0
    asked: list[float] = []

    def volume() -> float:
        asked.append(_Clock.now)
        return 0.5

    screen = Screen({})
    screen.terminal = True
    follow = Follower("bot", screen)
    for step in range(1000):
        _Clock.now = step / 100
        follow(Tick("grid", step, 1000, 3, volume))
    drawn = capsys.readouterr().err
    assert 10 < len(asked) <= 2 * 10
    assert 50 < drawn.count("\r") <= 10 * 10
    assert all(later - one >= 0.5 for one, later in pairwise(asked))


@pytest.mark.parametrize("environment", [{"TERM": "dumb"}, {"CI": "true"}])
def test_a_terminal_that_nobody_watches_gets_lines(
    environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    assert Screen({}).terminal
    assert not Screen(environment).terminal


def test_quiet_is_quiet(capsys: pytest.CaptureFixture[str]) -> None:
    with progress_bar("bot", show=False) as follow:
        assert follow is None
    batch = BatchFollower(3, Screen({}))
    batch.show(["a"])
    assert capsys.readouterr().err == ""


@pytest.mark.real
@pytest.mark.parametrize(("columns", "several"), [(100, True), (34, False)])
def test_a_bar_is_drawn_over_itself_and_taken_away(tmp_path: Path, columns: int, several: bool) -> None:
    site = tmp_path / "site"
    site.mkdir()
    (site / "sitecustomize.py").write_text(NOW)
    for name in ("one", "two"):
        (tmp_path / f"{name}.yaml").write_text(SMALL.replace("name: small", f"name: {name}"))
    words = ["one.yaml", "two.yaml"] if several else ["one.yaml"]
    said, result = _on_a_terminal(["plan", *words, "--outputs", "none"], tmp_path, site, columns)
    drawn = [line for line in re.findall(r"\r([^\r\n]*?)\x1b\[K", said) if line]
    assert drawn
    assert all(len(line) < columns for line in drawn)
    assert all("grid [" in line and "%" in line for line in drawn)
    if several:
        assert any(line.startswith("2/2 two") for line in drawn)
        assert any("combinations/s, front " in line and "hypervolume" in line for line in drawn)
    # Whatever follows a bar starts on a line that was cleared.
    assert re.search(r"\r\x1b\[K(== one|wrote)", said)
    assert "\x1b" not in result
    assert "\r" not in result
    assert "cheapest" in result


def _on_a_terminal(words: list[str], folder: Path, site: Path, columns: int) -> tuple[str, str]:
    """What a command says on stderr where that is a terminal, and what on stdout."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    environment = {k: v for k, v in os.environ.items() if k not in ("CI", "COLUMNS")} | {
        "TERM": "xterm", "PYTHONPATH": f"{site}:{ROOT}", "COLUMNS": str(columns)
    }  # fmt: skip
    with (folder / "stdout").open("w") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "planner.cli.main", *words], cwd=folder, env=environment,
            stdin=subprocess.DEVNULL, stdout=out, stderr=theirs,
        )  # fmt: skip
    os.close(theirs)
    said = b""
    try:
        while select.select([ours], [], [], 120)[0]:
            try:
                part = os.read(ours, 1 << 16)
            except OSError:  # the other end was closed
                break
            if not part:
                break
            said += part
        assert process.wait(60) == 0, said
    finally:
        process.kill()
        process.wait()
        os.close(ours)
    return said.decode(), (folder / "stdout").read_text()
