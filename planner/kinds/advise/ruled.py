"""What the scenario's include and exclude rules leave of tried neighbours: its own space's and others alike."""

from dataclasses import dataclass

from planner.catalog.rows import Bools, Catalog
from planner.kinds.advise.tried import Tried
from planner.kinds.problem import Problem
from planner.scenario.fine_tune import FineTune
from planner.space.matching import kept_by
from planner.space.patterns import Pattern, read_rules


@dataclass(frozen=True, slots=True)
class Ruling:
    """The rules of a scenario, looked up."""

    include: list[Pattern]
    exclude: list[Pattern]

    def keeps(self, tried: Tried) -> Bools:
        """Tried combinations that the rules leave."""
        space, picked = tried.problem.space, tried.picked
        return kept_by(
            self.include, self.exclude, picked.block.recipes, space.recipes.methods, picked.recipe,
            space.market.offers, picked.offer,
        )  # fmt: skip


def ruling(problem: Problem, scenario: FineTune, catalog: Catalog) -> Ruling:
    """The rules; what is wrong with them was told when the scenario was read."""

    def nothing(_path: tuple[str | int, ...], _message: str, _hint: str | None) -> None:
        pass

    axes = problem.space.recipes.axes
    return Ruling(
        read_rules(scenario.include, "include", catalog, axes, nothing),
        read_rules(scenario.exclude, "exclude", catalog, axes, nothing),
    )
