"""Parts of the cost of owning that are easily overlooked, as lines (`finance.overlooked` has the formulas)."""

from typing import Final

from planner.catalog.rows import Floats
from planner.errors import InputError
from planner.estimate.finance.overlooked import Overlooked as Parts
from planner.estimate.finance.overlooked import overlooked_amounts
from planner.kinds.business_case.gathering import Gathering, Spot
from planner.kinds.business_case.lines import Amount, Driver, Line, Values
from planner.kinds.business_case.spread import Unit
from planner.kinds.business_case.world import World
from planner.scenario.case_lines import Overlooked

_INPUTS: Final[dict[str, tuple[str, str, Unit]]] = {
    "engineer_per_month": ("engineer_usd_per_month", "an engineer, each month", "usd/month"),
    "build_engineer_months": ("build_engineer_months", "months of work until the first release", "count"),
    "operate_engineers": ("operate_engineers", "engineers who keep it running", "count"),
    "label": ("label_usd", "one label", "usd/unit"),
    "labels_at_start": ("labels_at_start", "labels at the start", "count"),
    "labels_per_month": ("labels_per_month", "labels each month", "count"),
    "experiments": ("experiments_usd", "experiments that succeed", "usd"),
    "failed_share": ("failed_share", "part of experiments that lead nowhere", "share"),
    "debt_share_per_year": ("debt_share_per_year", "work on debt each year, of the build", "share"),
    "compliance_at_start": ("compliance_at_start_usd", "compliance at the start", "usd"),
    "compliance_per_year": ("compliance_usd_per_year", "compliance each year", "usd/year"),
    "egress_gb_per_month": ("egress_gb_per_month", "GB of egress each month", "count"),
    "egress_per_gb": ("egress_usd_per_gb", "a GB of egress", "usd/unit"),
}  # fmt: skip
"""Key of the scenario → its name in `finance.overlooked`, its words, its unit."""
_FAILED: Final = (0.0, 0.99)
"""Failed parts that draws count as, where their spread has no ends: some experiment succeeds."""
_LINES: Final[tuple[tuple[str, str, str, tuple[str, ...], bool, Driver, bool], ...]] = (
    ("build", "engineering, build", "engineering", ("build_engineer_months", "engineer_per_month"), True, "", False),
    ("operate", "engineering, operation", "engineering", ("operate_engineers", "engineer_per_month"), False, "", True),
    ("labels_at_start", "labels at the start", "annotation", ("labels_at_start", "label"), True, "", False),
    ("labels", "labels", "annotation", ("labels_per_month", "label"), False, "demand", False),
    ("failed_experiments", "failed experiments", "experiments", ("failed_share", "experiments"), True, "", False),
    ("debt", "technical debt", "debt", ("debt_share_per_year", "build_engineer_months", "engineer_per_month"), False,
     "", True),
    ("compliance_at_start", "compliance at the start", "compliance", ("compliance_at_start",), True, "", False),
    ("compliance", "compliance", "compliance", ("compliance_per_year",), False, "", False),
    ("egress", "egress", "egress", ("egress_gb_per_month", "egress_per_gb"), False, "demand", False),
)  # fmt: skip
"""Name of its amount, name, category, what it is made from (there is a line where the first is given), whether it is
paid once, what drives it, whether salaries grow in it."""


def overlooked_lines(
    parts: Overlooked | None, option: str, at: Spot, world: World, gathering: Gathering
) -> list[Line]:  # fmt: skip
    """A line for each part that is given; one that lacks a number is unknown, and a warning says so.

    Raises:
        InputError: all experiments fail, so that no cost ends in a success.
    """
    if parts is None:
        return []
    spot = Spot((*at.place, "overlooked"), f"{at.key}.overlooked", at.words)
    keys: dict[str, str] = {}
    for name, (_, words, unit) in _INPUTS.items():
        if (given := getattr(parts, name)) is not None:
            bounds = _FAILED if name == "failed_share" else None
            keys[name] = gathering.number(given, spot.of(name), words, unit, parts.source, bounds=bounds)
    growth = ""
    if parts.salary_growth is not None:
        growth = gathering.number(parts.salary_growth, spot.of("salary_growth"), "growth of salaries a year",
                                  "share/year", parts.source)  # fmt: skip
    if "failed_share" in keys and gathering.ends(keys["failed_share"])[1] >= 1.0:
        message = f"{keys['failed_share']}: all experiments may fail; then no cost ends in a success"
        raise InputError(message)
    if "failed_share" in keys:
        gathering.assume(f"{spot.key}.experiments", "the failed ones alone",
                         "what successful experiments cost stands among the costs, or in a plan")  # fmt: skip
    found, lacking = [], set[str]()
    for field, name, category, needs, once, driver, salaries in _LINES:
        if needs[0] not in keys:
            continue
        for need in needs:
            if need not in keys or need in lacking:
                lacking.add(need)
                gathering.warn(
                    f"{at.words}, {name}: unknown, since {spot.key}.{need} is not told; so are sums that it is part of"
                )
            if need not in keys:
                _, words, unit = _INPUTS[need]
                keys[need] = gathering.unknown(spot.of(need), words, unit)
        line = Line(
            option=option, name=name, category=category, side="cost",
            amount=_amount(field, {_INPUTS[need][0]: keys[need] for need in needs}),
            keys=tuple(keys[need] for need in needs),
            first=0 if once else 1, last=0 if once else world.months, every=0 if once else 1,
            driver=driver, growth=growth if salaries else "", source=parts.source or "", overlooked=True,
        )  # fmt: skip
        found.append(line)
    return found


def _amount(field: str, keys: dict[str, str]) -> Amount:
    def amount(values: Values) -> Floats:
        parts = Parts(**{name: values[key] for name, key in keys.items()})
        found: Floats = getattr(overlooked_amounts(parts), field)
        return found

    return amount
