"""All kinds of advice, in one place: a module for each, and what it finds."""

from collections.abc import Callable, Iterator
from typing import Final

from planner.spend.advice import (
    auto_scale,
    caching,
    dataset,
    early_stop,
    epochs,
    failed_runs,
    idle,
    reserve,
    schedule,
    sizing,
    spot,
)
from planner.spend.advice.found import Found
from planner.spend.advice.history import History

FINDERS: Final[tuple[Callable[[History], Iterator[Found]], ...]] = (
    sizing.find,  # right_size, cheaper_card
    idle.find,
    spot.find,
    reserve.find,
    schedule.find,
    early_stop.find,
    epochs.find,
    dataset.find,
    caching.find,
    auto_scale.find,
    failed_runs.find,
)
