"""Scenarios and plans without a base: each counts as added."""

from collections.abc import Sequence
from pathlib import Path

from planner.errors import InputError
from planner.gate.cache import PlanCache
from planner.gate.difference import Comparison, Wanted, find_difference
from planner.gate.plan_files import Named, plans_alone
from planner.gate.plans import Setting
from planner.gate.totals import totals
from planner.outcome import Difference, Revision
from planner.revision.reading import folder_of
from planner.version import __version__


def difference_of(paths: Sequence[Path], decision: str, setting: Setting, cache: PlanCache) -> Comparison:
    """The scenarios at these files and folders, which lie in one repository."""
    if not paths:
        nothing = Difference(
            base=Revision(name=""), head=Revision(name="plans"), planner=__version__, scenarios=[],
            totals=totals([], compared=False),
        )  # fmt: skip
        return Comparison(nothing, {})
    trees = [folder_of(path) for path in paths]
    roots = {tree.root for tree, _ in trees}
    if len(roots) > 1:
        message = f"the scenarios lie in {len(roots)} repositories or folders apart; check those of one at a time"
        raise InputError(message)
    wanted = Wanted(head_paths=tuple(inside for _, inside in trees), decision=decision, named=True)
    return find_difference(None, trees[0][0], wanted, setting, cache)


def joined(difference: Difference, plans: Sequence[Named], decision: str) -> Difference:
    """The difference, with plans that were made before in it."""
    if not plans:
        return difference
    scenarios = [*difference.scenarios, *plans_alone(plans, decision)]
    return difference.model_copy(update={"scenarios": scenarios, "totals": totals(scenarios, compared=False)})
