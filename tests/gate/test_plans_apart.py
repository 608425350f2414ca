"""Many plans of a comparison, made in processes beside each other."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from planner.gate import plans
from planner.gate.cache import PlanCache
from planner.gate.plans import Plans, Setting, Task, Unplanned
from planner.locking.choosing import CATALOG
from planner.outcome import Plan
from planner.processes import Lost
from tests.cli.calls import SMALL


def _tasks(folder: Path) -> list[Task]:
    tasks = []
    for name in ("a", "b", "c"):
        file = folder / f"{name}.yaml"
        file.write_text(SMALL.replace("name: small", f"name: {name}"))
        tasks.append(Task(file.name, file, name, CATALOG, brief=True))
    return tasks


@pytest.fixture(autouse=True)
def _always_worth_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plans, "WORTH_PROCESSES_S", -1.0)
    monkeypatch.setattr(plans, "cores", lambda: 2)


@pytest.mark.real
def test_they_are_the_plans_that_this_process_makes_in_their_order(tmp_path: Path) -> None:
    tasks = _tasks(tmp_path)
    made = Plans(Setting(), PlanCache(None)).of(tasks)
    assert made == [plans.make(task, Setting()) for task in tasks]
    assert [plan.metadata.name for plan in made if isinstance(plan, Plan)] == ["a", "b", "c"]


def test_one_whose_process_died_is_a_problem_of_its_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def dying(_function: object, rest: Sequence[Task], _workers: int) -> Iterator[tuple[int, Lost]]:
        yield from ((number, Lost("SIGKILL(-9)")) for number in reversed(range(len(rest))))

    monkeypatch.setattr(plans, "each_apart", dying)
    first, *others = Plans(Setting(), PlanCache(None)).of(_tasks(tmp_path))
    assert isinstance(first, Plan)
    for one, name in zip(others, "bc", strict=True):
        assert isinstance(one, Unplanned)
        assert one.problems[0].file == str(tmp_path / f"{name}.yaml")
        assert "SIGKILL" in one.problems[0].message
