"""Where a scenario lets its machines stand, as its plan tells whoever would move a job."""

from planner.catalog.rows import Catalog
from planner.outcome import Allowed
from planner.scenario import FineTune, Planned
from planner.space.offers import countries_of


def allowed(scenario: Planned, catalog: Catalog) -> Allowed | None:
    """The places that a scenario names, its groups of countries spelled out; None where it names none."""
    hardware = scenario.hardware
    found = Allowed(
        providers=None if hardware.providers == "any" else sorted(hardware.providers),
        regions=None if hardware.regions == "any" else sorted(hardware.regions),
        countries=None if hardware.residency is None else sorted(countries_of(hardware.residency, catalog)),
        rules=isinstance(scenario, FineTune) and bool(scenario.include or scenario.exclude),
    )
    return None if found == Allowed() else found
