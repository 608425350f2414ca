"""Contracts of scenarios that are over by a day, and count by the date of the catalog that they were planned with."""

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from planner.catalog.rows import Catalog
from planner.errors import PlannerError
from planner.gate.workspace import workspace
from planner.outcome import AnyPlan
from planner.planning import NO_CHANGES
from planner.revision.folder import FolderTree
from planner.revision.git import CommitTree
from planner.scenario.compose import compose
from planner.source import Problem, read_document
from planner.space.overlay.lapsing import lapsed
from planner.space.overlay.laying import overlays_of


def lapsed_in(
    tree: FolderTree | CommitTree, plans: Mapping[str, AnyPlan], catalog: Catalog, today: str
) -> list[Problem]:  # fmt: skip
    """Warnings, each once, about the overlays of plans by the scenario's path in a tree, as it names its files.

    Only files are read again, and only those of plans with overlays: plans may come from a cache. `catalog` has the
    rates that amounts are in; the date is that of each plan.
    """
    named = {path: plan for path, plan in plans.items() if plan.overlays}
    if not named:
        return []
    found: dict[tuple[str, str], Problem] = {}
    with workspace(tree) as space:
        for path, plan in named.items():
            with suppress(PlannerError):  # it was planned: what is wrong now was told there
                file: Path = space.file(path)
                document = compose(read_document(file, str(file)), file, NO_CHANGES)
                for one in lapsed(overlays_of(document, file, catalog), plan.catalog.as_of, today):
                    found.setdefault((one.file, f"{one.at} {one.message}"), space.told(one))
    return list(found.values())
