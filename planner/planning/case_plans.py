"""The FineTune and Serving scenarios whose plans supply costs of a business case, read as any scenario is."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from planner.catalog.rows import Catalog
from planner.decision_names import CHEAPEST_API, DECISIONS
from planner.locking.choosing import BESIDE, CATALOG, Prices
from planner.planning.case_files import CaseFiles
from planner.planning.reading import document_of, read_any
from planner.planning.ready import AnyReady, Ready
from planner.scenario.business_case import BusinessCase
from planner.scenario.case_lines import CasePlan
from planner.scenario.compose import Changes, Composed, compose
from planner.source import InvalidInput
from planner.source import Path as Place
from planner.space.business_case.complaints import Complaints

_PLANNED: Final = ("FineTune", "Serving")
_ASKED_FOR: Final = ("topsis", "lexicographic", "epsilon")
"""Decisions that a plan has where its scenario asks for them."""
_SERVING: Final = (*(name for name in DECISIONS if name not in _ASKED_FOR), CHEAPEST_API)


@dataclass(slots=True)
class CasePlans:
    """Scenarios that supply costs, each read once for each variant of it."""

    catalog: Catalog
    """Without overlays: each scenario lays its own."""
    price_max_age_months: float
    prices: Prices
    """Of the case; a scenario is planned with those of the lock beside it, where locks count."""
    files: CaseFiles
    found: Complaints
    _read: dict[tuple[Path, tuple[str, ...]], AnyReady | None] = field(default_factory=dict)

    def read(self, scenario: BusinessCase) -> dict[tuple[str, int], AnyReady]:
        """(option, place in its `plans`) → scenario; what is wrong with one is told, and the others are read."""
        plans: dict[tuple[str, int], AnyReady] = {}
        for number, option in enumerate(scenario.options):
            for at, asked in enumerate(option.plans):
                ready = self._one(asked, ("options", number, "plans", at))
                if ready is not None:
                    _check_keys(asked, ready, ("options", number, "plans", at), self.found)
                    plans[option.name, at] = ready
        return plans

    def _one(self, asked: CasePlan, place: Place) -> AnyReady | None:
        file = self.files.find(asked.scenario, (*place, "scenario"))
        if file is None:
            return None
        key = file.path, tuple(asked.variant)
        if key not in self._read:
            try:
                self._read[key] = self._scenario(Path(file.shown), asked, place)
            except InvalidInput as error:
                self._read[key] = None
                self.found.problems += error.problems
                self.found.texts |= error.texts
        return self._read[key]

    def _scenario(self, file: Path, asked: CasePlan, place: Place) -> AnyReady | None:
        document = compose(document_of(file), file)
        kind = document.data.get("kind") if isinstance(document.data, dict) else None
        if isinstance(kind, str) and kind not in _PLANNED:
            message = f"{asked.scenario} is a {kind}, whose plan supplies no costs"
            self.found.complain((*place, "scenario"), message, f"name a scenario of the kind {' or '.join(_PLANNED)}")
            return None
        overrides = list(document.overrides) if isinstance(document, Composed) else []
        known = [
            self.found.known(name, overrides, f"override of {asked.scenario} called", (*place, "variant", at))
            for at, name in enumerate(asked.variant)
        ]
        if not all(known):
            return None
        own_prices = BESIDE if self.prices.beside else CATALOG
        changes = Changes(overrides=tuple(asked.variant))
        return read_any(file, self.catalog, changes, self.price_max_age_months, None, own_prices)


def _check_keys(asked: CasePlan, ready: AnyReady, place: Place, found: Complaints) -> None:
    """Whether the plan of such a scenario has the decision, and what is said of it means something."""
    tuned = isinstance(ready, Ready)
    known = list(DECISIONS if tuned else _SERVING)
    kind = ready.scenario.kind
    if found.known(asked.decision, known, f"decision of a {kind} plan called", (*place, "decision")):
        _check_asked_for(asked, ready, place, found)
    if tuned and "with_demand" in asked.model_fields_set:
        message = "with_demand is of a Serving scenario; the runs of a FineTune scenario do not grow with demand"
        found.warn(
            (*place, "with_demand"), message, "say how many there are with runs_once and runs_per_year", key=True
        )
    for key in () if tuned else ("runs_once", "runs_per_year"):
        if getattr(asked, key) is not None:
            message = f"{key} is of a FineTune scenario, and {asked.scenario} is a {kind} with a cost by the month"
            found.complain((*place, key), message, "leave it out", key=True)


def _check_asked_for(asked: CasePlan, ready: AnyReady, place: Place, found: Complaints) -> None:
    if not isinstance(ready, Ready) or asked.decision not in _ASKED_FOR:
        return
    if getattr(ready.scenario.decide, asked.decision) is None:
        message = f"{asked.scenario} does not ask for the decision {asked.decision!r}"
        found.complain((*place, "decision"), message, "it does so under `decide`; or name another decision")
