"""Dimensions of a scenario's own may be called like anything that queries call their columns, and nothing changes."""

from planner.catalog.loader import load_catalog
from planner.scenario.spend_limits import Kpi
from planner.scenario.spend_rules import DIMENSIONS
from planner.spend.drivers import change_of
from planner.spend.kpis import efficiency_of, unit_costs_of
from planner.spend.models import models_of
from planner.spend.months import Month
from planner.spend.operations import operations_of
from tests.spend.made import charge, made

OCTOBER = Month(2026, 10)
NAMES = (
    "amount", "before", "better", "charges", "cost", "gpu_usd", "group", "input", "measure", "name", "now", "order",
    "output", "owner", "purpose", "seconds", "usd", "within",
)  # fmt: skip


def _told(names: tuple[str, ...]) -> list[object]:
    own = dict.fromkeys(names, "x")
    tables = {
        "allocated": [
            charge(day, usd, model="m", team="a", tenant="t", gpu="l4", gpu_hours=4.0, resource=resource) | own
            for day, usd, resource in (("2026-09-03", 3.0, "r"), ("2026-10-03", 5.0, "r"), ("2026-10-04", 2.0, "d"))
        ],
        "runs": [{"run": "r", "day": "2026-10-03", "model": "m", "team": "a", "samples": 10, "status": "ok", **own}],
        "usage": [{"day": "2026-10-03", "team": "a", "model": "m", "tenant": "t", "requests": 10, **own}],
        "deployments": [{"deployment": "d", "model": "m", "started": "2026-10-01", "replicas": 1, **own}],
    }
    where = {"group": "X"} if "group" in names else {"team": "A"}
    kpis = [
        Kpi(name=name, per=per, where=where) for name, per in (("a", "sample"), ("b", "request"), ("c", "gpu_hour"))
    ]
    with made(tables, dimensions=(*DIMENSIONS, *names)) as store:
        units = [kpi.model_copy(update={"where": ""}) for kpi in unit_costs_of(store, kpis, OCTOBER)]
        parts = models_of(store, OCTOBER), change_of(store, OCTOBER), operations_of(store, load_catalog(), OCTOBER)
        return [units, efficiency_of(store, OCTOBER, units), *parts]


def test_names_of_dimensions_do_not_matter() -> None:
    plain = _told(("site",))
    assert [kpi.unit_cost_usd for kpi in plain[0]] == [0.5, 0.2, 7 / 8]  # type: ignore[attr-defined]
    # Of the own dimensions only `purpose` says something here, and what it says is neither training nor serving.
    assert _told(NAMES)[1:] == plain[1:]
