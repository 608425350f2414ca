"""Many scenarios planned on this machine: one after another, or in processes beside each other."""

from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path

from planner.batch.order import Order
from planner.batch.result import Done, attempt, lost
from planner.choose.progress import Progress
from planner.processes import Lost, Watch, each_apart
from planner.report.printing.second_process import prepare

Results = Generator[tuple[int, Done], None, None]
"""Number of a scenario and what became of it, as they come."""
Listen = Callable[[int, str], Progress | None]
"""Asked for somebody who follows the search of the scenario with this number and name."""


def one_by_one(paths: Sequence[Path], order: Order, listen: Listen | None = None) -> Results:
    """Plan scenarios here; a second process draws."""
    with prepare(order.outputs) as helper:
        for number, path in enumerate(paths):
            yield number, attempt(path, order, helper, None if listen is None else partial(listen, number))


def side_by_side(
    paths: Sequence[Path], names: Sequence[str], order: Order, workers: int, watch: Watch | None = None
) -> Results:
    """Plan scenarios in so many processes; one whose process dies is told as lost, and the others go on."""
    with closing(each_apart(partial(attempt, order=order), paths, workers, watch)) as results:
        for number, one in results:
            yield number, lost(paths[number], names[number], f"{one}") if isinstance(one, Lost) else one
