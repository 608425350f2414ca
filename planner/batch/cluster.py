"""Many scenarios planned on a Dask cluster."""

import contextlib
import queue
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from planner.batch.build import build
from planner.batch.failing import failure
from planner.batch.far import Answer, pack
from planner.batch.one import Made, announce, deliver, read
from planner.batch.order import Order, Tray
from planner.batch.result import Done, failed, lost, planned
from planner.batch.running import Results
from planner.errors import ExitCode, InputError
from planner.outcome.any_plan import parse_plan
from planner.planning import AnyReady
from planner.processes import WATCH_S, Watch
from planner.report.printing.second_process import Helper, prepare

ALONE_S: Final = 60.0
"""Seconds without any worker after which what is left is given up."""
_UNSETTLED: Final = ("pending", "lost")
"""What Dask calls a result that is still to come, and one that went with its worker and is computed again."""
AHEAD: Final = 2
"""Scenarios per thread of the cluster that are sent ahead, so that no worker waits and no memory fills."""


@dataclass(frozen=True, slots=True)
class _Sent:
    """A scenario that is being planned elsewhere."""

    number: int
    path: Path
    ready: AnyReady
    tray: Tray
    future: Any


@dataclass
class Cluster:
    """A cluster whose workers have this planner."""

    client: Any
    address: str
    threads: int
    """Of all workers, when they were counted."""
    _back: "queue.SimpleQueue[Any]" = field(default_factory=queue.SimpleQueue)
    _lost: set[str] = field(default_factory=set)
    """Keys of plans that were made, and died with their worker before they were fetched; Dask makes them again."""

    def results(self, paths: Sequence[Path], order: Order, watch: Watch | None = None) -> Results:
        """Plan scenarios there; each is read and written here. A worker that dies is Dask's to replace."""
        waiting = list(enumerate(paths))[::-1]
        sent: dict[str, _Sent] = {}
        with prepare(order.outputs) as helper:
            try:
                while waiting or sent:
                    while waiting and len(sent) < max(1, self.threads) * AHEAD:
                        self._refuse_silence()
                        number, path = waiting.pop()
                        begun = self._send(number, path, order)
                        if isinstance(begun, Done):
                            yield number, begun
                        else:
                            sent[begun.future.key] = begun
                    for key in self._wait(sent, watch):
                        if sent[key].future.status in _UNSETTLED:
                            self._lost.add(key)
                            continue
                        one = sent.pop(key)
                        yield one.number, _received(one, order, helper, self.address)
            except _GoneError as gone:
                for one in sent.values():
                    yield one.number, _given_up(one, str(gone))
                for number, path in waiting:
                    yield number, lost(path, "", str(gone))
            finally:
                with contextlib.suppress(Exception):  # the connection may be what failed
                    self.client.cancel([one.future for one in sent.values()], force=True)

    def _send(self, number: int, path: Path, order: Order) -> _Sent | Done:
        tray, ready, started = Tray(), None, time.perf_counter()
        try:
            ready = read(path, order, tray)
            if not isinstance(ready, AnyReady):
                message = f"{path}: a {ready.scenario.kind} reads files that lie on this machine; leave out --cluster"
                raise InputError(message)
            announce(ready, order, tray)
            packed = pack(ready)
        except Exception as error:  # told as its own failure; the others go on
            return failed(path, ready, failure(error, color=order.color, debug=order.debug), tray, started)
        future = self.client.submit(_job(), packed, dict(build()), debug=order.debug, pure=False)
        future.add_done_callback(lambda done: self._back.put(done.key))
        return _Sent(number, path, ready, tray, future)

    def _wait(self, sent: dict[str, _Sent], watch: Watch | None) -> list[str]:
        """Keys of what came back; raises _GoneError where nothing will."""
        alone_since: float | None = None
        while sent:
            found = []
            with contextlib.suppress(queue.Empty):
                found.append(self._back.get(timeout=WATCH_S))
            with contextlib.suppress(queue.Empty):
                while True:
                    found.append(self._back.get_nowait())
            # Dask calls back once: what was lost is looked after.
            found += [key for key in sorted(self._lost) if sent[key].future.status not in _UNSETTLED]
            self._lost.difference_update(found)
            if watch is not None:
                # Which of them run, and which are in line there, is known to the scheduler alone.
                watch([])
            if found:
                return [key for key in dict.fromkeys(found) if key in sent]
            now = time.monotonic()
            alone_since = self._alone(now, alone_since)
        return []

    def _alone(self, now: float, since: float | None) -> float | None:
        """Since when the cluster has no worker; raises _GoneError where that is too long, or nobody answers."""
        self._refuse_silence()
        if self.client.scheduler_info()["workers"]:
            return None
        if since is not None and now - since > ALONE_S:
            message = f"the cluster at {self.address} had no worker for {ALONE_S:.0f} s"
            raise _GoneError(message)
        return now if since is None else since

    def _refuse_silence(self) -> None:
        """Raise _GoneError where the scheduler does not answer any more."""
        if self.client.status != "running":
            message = f"the scheduler at {self.address} went away"
            raise _GoneError(message)


class _GoneError(Exception):
    """No answer is to be expected any more."""


def _job() -> Any:  # noqa: ANN401
    """The function as it travels: by value, so that a scheduler needs no planner."""

    def job(packed: bytes, here: dict[str, str], *, debug: bool) -> Any:  # noqa: ANN401
        from planner.batch.far import plan_there

        return plan_there(packed, here, debug=debug)

    return job


def _received(one: _Sent, order: Order, helper: Helper | None, address: str) -> Done:
    """What a scenario came to, delivered here."""
    if one.future.status in ("error", "cancelled"):
        return _given_up(one, _why(one.future, address))
    try:
        answer: Answer = one.future.result()
    except Exception as error:  # Dask's own of many kinds: the worker that had it went away, or the scheduler did
        return _given_up(one, f"what came of it was lost on the way from {address}: {type(error).__name__}: {error}")
    name = one.ready.scenario.metadata.name
    if answer.result == "other build":
        return _given_up(one, f"a worker has another planner than this one: {answer.text}", ExitCode.BAD_INPUT)
    if answer.result == "failed":
        one.tray.tell(answer.text)
        return Done(one.path, name, answer.code, one.tray, answer.reason, seconds=answer.seconds)
    started = time.perf_counter()
    try:
        plan = parse_plan(answer.text)
        deliver(one.ready, Made(plan), answer.text, order, one.tray, helper)
    except Exception as error:  # told as its own failure; the others go on
        return failed(one.path, one.ready, failure(error, color=order.color, debug=order.debug), one.tray, started)
    return planned(one.path, one.ready, plan, order, one.tray, answer.seconds)


def _why(future: Any, address: str) -> str:  # noqa: ANN401
    from distributed import KilledWorker
    from distributed.client import FutureCancelledError

    error = future.exception() if future.status == "error" else None
    if isinstance(error, KilledWorker):
        times = error.allowed_failures + 1
        return f"{times} workers of the cluster died with it, one after another; memory may have run out"
    if error is None or isinstance(error, FutureCancelledError):
        return f"the scheduler at {address} went away, or dropped it"
    return f"the cluster could not run it: {type(error).__name__}: {error}"


def _given_up(one: _Sent, why: str, code: ExitCode = ExitCode.BUG) -> Done:
    one.tray.tell(f"error: {why}")
    return Done(one.path, one.ready.scenario.metadata.name, code, one.tray, why)
