"""Tasks in processes of their own: what dies costs its own task alone."""

import os
import signal
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest

from planner import processes
from planner.processes import Lost, each_apart


def square(number: int, *, deadly: int = -1, once: Path | None = None) -> int:
    """The square; a deadly number kills its process, with `once` the first time only."""
    if number == deadly and (once is None or not once.exists()):
        if once is not None:
            once.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return number * number


def fails(number: int) -> int:
    message = f"no {number}"
    raise ValueError(message)


def threads(_number: int) -> str:
    return os.environ["OMP_NUM_THREADS"]


def test_every_task_has_its_result_and_what_dies_is_lost() -> None:
    found = dict(each_apart(partial(square, deadly=2), range(5), 2))
    assert found == {0: 0, 1: 1, 2: Lost("SIGKILL(-9)"), 3: 9, 4: 16}
    assert "SIGKILL" in str(found[2])
    assert "memory may have run out" in str(found[2])


def test_what_dies_once_is_tried_again_alone(tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    assert dict(each_apart(partial(square, deadly=1, once=mark), range(3), 2)) == {0: 0, 1: 1, 2: 4}
    assert mark.exists()


def lay_and_die(folder: Path, number: int, function: Callable[[int], int], task: int) -> None:
    """The result is on disk, and its process dies before it can say so."""
    processes._work(folder, number, function, task)
    os._exit(3)


@pytest.mark.parametrize("tasks", [1, 3])
def test_a_result_that_was_laid_down_before_its_process_died_counts_once(
    monkeypatch: pytest.MonkeyPatch, tasks: int
) -> None:
    monkeypatch.setattr(processes, "_work", lay_and_die)
    assert sorted(each_apart(square, range(tasks), 1)) == [(n, n * n) for n in range(tasks)]


def test_what_a_task_raises_is_raised() -> None:
    with pytest.raises(ValueError, match="no 7"):
        list(each_apart(fails, [7, 7], 2))


def test_numerical_libraries_share_the_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("planner.processes.cores", lambda: 8)
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    assert dict(each_apart(threads, [0, 1], 2)) == {0: "4", 1: "4"}
    monkeypatch.setenv("OMP_NUM_THREADS", "3")
    assert dict(each_apart(threads, [0, 1], 2)) == {0: "3", 1: "3"}


def test_nothing_is_left_when_nobody_asks_any_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with closing(each_apart(square, range(4), 2)) as results:
        next(results)
    assert list(tmp_path.iterdir()) == []


def test_nothing_to_do_starts_nothing() -> None:
    assert list(each_apart(square, [], 2)) == []
