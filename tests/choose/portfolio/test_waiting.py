"""What keeps a job from starting a slot earlier, each constraint by itself."""

from typing import Any

import pytest

from planner.choose.portfolio.instance import (
    After,
    Budget,
    Configuration,
    Exclusive,
    Instance,
    Job,
    Placement,
    Pool,
    Weights,
)
from planner.choose.portfolio.solve import solve

from .made import of, one

CHEAP = tuple(0.25 if hour % 24 < 8 else 1.0 for hour in range(168))
NIGHTLY = Configuration(name="only", hours=4, varying_usd=40, curve="night", takes={"gpu": 1})
LICENCE = Exclusive("licence", ("a", "b"))
WIDE: dict[str, Any] = {"pools": (Pool(name="gpu", units=9.0),)}
"""So many GPUs that none waits for them."""


def waits(instance: Instance) -> dict[str, tuple[float, str]]:
    return {placed.job: (placed.start_hours, placed.waits_for) for placed in solve(instance, gap=0.0).placed}


@pytest.mark.parametrize(
    ("instance", "expected"),
    [
        (of(one("b")), (0.0, "")),
        (of(one("a", deadline_hours=4.0, hard=True), one("b")), (4.0, "gpu")),
        (of(one("b"), pools=(Pool(name="gpu", units=1.0, closed=((0.0, 7.0),)),)), (8.0, "gpu")),
        (of(one("b", earliest_hours=5.0)), (8.0, "earliest start")),
        (of(one("b", blackouts=((1.0, 3.0),))), (4.0, "blackout")),
        (of(one("b"), blackouts=((1.0, 3.0),)), (4.0, "blackout")),
        (of(one("a"), one("b"), orders=(After("b", "a", lag_hours=2.0),), **WIDE), (8.0, "after a")),
        (
            of(one("a", deadline_hours=4.0, hard=True), one("b"), exclusives=(LICENCE,), **WIDE),
            (4.0, "licence"),
        ),
        (of(one("b"), budgets=(Budget(name="lab in May", month="2026-05", limit_usd=9),)), (4.0, "budget lab in May")),
        (of(Job(name="b", configurations=(NIGHTLY,)), curves={"night": CHEAP}), (4.0, "cheaper hours")),
        (of(one("b", planned=Placement("only", 12.0)), weights=Weights(stays_usd=1.0)), (12.0, "its planned place")),
        (of(one("b", fixed=Placement("only", 8.0))), (8.0, "")),
        (of(one("a"), one("b"), orders=(After("b", "a"),)), (4.0, "after a; gpu")),
    ],
)  # fmt: skip
def test_each_constraint_alone_is_told(instance: Instance, expected: tuple[float, str]) -> None:
    assert waits(instance)["b"] == expected
