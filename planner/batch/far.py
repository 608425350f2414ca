"""A scenario's way to another machine and back: read here, planned there, written here.

What travels is the scenario after it was read, with the catalog, the prices of its lock, the overlay of its runs and
the lengths of its dataset in it, so that a worker needs none of its files. It travels pickled, as all that Dask sends:
who may reach a scheduler may run code on its workers, and on the machines that ask it.
"""

import pickle
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from time import perf_counter
from typing import Final, Literal

from planner.batch.build import build, differences
from planner.batch.failing import failure
from planner.batch.one import plan_json
from planner.errors import ExitCode
from planner.planning import AnyReady, plan_ready

QUICK: Final = 1
"""zlib level: catalogs shrink to a twentieth."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    result: Literal["plan", "failed", "other build"]
    text: str
    """The text of plan.json, or what went wrong."""
    reason: str = ""
    code: ExitCode = ExitCode.OK
    seconds: float = 0.0


def pack(ready: AnyReady) -> bytes:
    """A scenario that was read, as bytes."""
    return zlib.compress(pickle.dumps(ready, pickle.HIGHEST_PROTOCOL), QUICK)


def plan_there(packed: bytes, here: Mapping[str, str], *, debug: bool = False) -> Answer:
    """On a worker: the plan of a scenario, unless the planner there would not give the bytes that it gives here."""
    differing = differences(here, build())
    if differing:
        return Answer("other build", differing)
    started = perf_counter()
    ready: AnyReady = pickle.loads(zlib.decompress(packed))
    try:
        text = plan_json(plan_ready(ready))
    except Exception as error:  # part of the answer, as it is beside others on one machine
        why = failure(error, debug=debug)
        return Answer("failed", why.text, why.reason, why.code, perf_counter() - started)
    return Answer("plan", text, seconds=perf_counter() - started)
