"""What the types of a business case cannot say: names that belong together, months within the horizon, drivers."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Final

from planner.scenario.business_case import BusinessCase
from planner.scenario.case_lines import CaseLine, Overlooked, OwnMachines
from planner.scenario.case_options import Option
from planner.source import Document, Path, Problem
from planner.space.business_case.complaints import Complaints
from planner.space.business_case.spreads import check_spreads, written_at

_NEEDS: Final[tuple[tuple[str, tuple[str, ...]], ...]] = (
    ("build_engineer_months", ("engineer_per_month",)),
    ("operate_engineers", ("engineer_per_month",)),
    ("salary_growth", ("engineer_per_month",)),
    ("debt_share_per_year", ("build_engineer_months", "engineer_per_month")),
    ("labels_at_start", ("label",)),
    ("labels_per_month", ("label",)),
    ("failed_share", ("experiments",)),
    ("egress_gb_per_month", ("egress_per_gb",)),
)
"""Key of what is overlooked → what it is reckoned with."""
_PRICES: Final[tuple[tuple[str, tuple[str, ...]], ...]] = (
    ("engineer_per_month", ("build_engineer_months", "operate_engineers")),
    ("label", ("labels_at_start", "labels_per_month")),
    ("egress_per_gb", ("egress_gb_per_month",)),
)
"""Price there → what it is the price of."""


_YEAR_MONTHS: Final = 12
"""A plain number of months below it is more likely one of years."""
Sound = Callable[[str], bool]
"""Whether a block of the case is as its author wrote it, or left out."""


def check_case(scenario: BusinessCase, found: Complaints, sound: Sound = lambda _: True) -> None:
    """Report every problem of the case by itself, without its files and plans.

    What rests on a block that is not sound, since its schema refuses it, is not looked at.
    """

    def all_sound(*blocks: str) -> bool:
        return all(sound(block) for block in blocks)

    _check_twice(scenario, found)
    if sound("options"):
        _check_named(scenario, found)
    if all_sound("options", "compare", "baseline"):
        _check_compared(scenario, found)
    if all_sound("options", "factors"):
        _check_factors(scenario, found)
    if all_sound("demand", "revenue"):
        _check_drivers(scenario, found)
    if sound("horizon") and _check_horizon(scenario, found):
        for place, line in lines_of(scenario):
            _check_months(line, place, int(scenario.horizon), found)
    for number, option in enumerate(scenario.options):
        if option.overlooked is not None:
            _check_overlooked(option.overlooked, ("options", number, "overlooked"), found)
    for place, machines in _machines(scenario):
        _check_life(machines, place, found)


def further_of(scenario: BusinessCase, document: Document, whole: frozenset[str]) -> list[Problem]:
    """What is wrong with the blocks of a case that are whole, where its schema refuses others."""
    found = Complaints(document)
    check_case(scenario, found, lambda block: block in whole or block not in document.data)
    check_spreads(scenario, {}, found)
    return found.problems


def lines_of(scenario: BusinessCase) -> Iterator[tuple[Path, CaseLine]]:
    """Every line of cost and income, with its place."""
    for number, option in enumerate(scenario.options):
        for place, line in enumerate(option.costs):
            yield ("options", number, "costs", place), line
        for place, gain in enumerate(option.income):
            yield ("options", number, "income", place), gain


def _machines(scenario: BusinessCase) -> Iterator[tuple[Path, OwnMachines]]:
    for number, option in enumerate(scenario.options):
        if option.machines is not None:
            yield ("options", number, "machines"), option.machines
    if scenario.hours is not None and scenario.hours.own is not None:
        yield ("hours", "own"), scenario.hours.own


def _check_horizon(scenario: BusinessCase, found: Complaints) -> bool:
    """Whether it is whole months, so that others can be held against it."""
    _check_years(("horizon",), found)
    if scenario.horizon == int(scenario.horizon):
        return True
    message = f"a horizon is whole months, and this is {scenario.horizon:g}"
    found.complain(("horizon",), message, "write it as 36 months or 3 years")
    return False


def _check_life(machines: OwnMachines, place: Path, found: Complaints) -> None:
    if machines.life != int(machines.life):
        message = f"machines live whole months, and this is {machines.life:g}"
        found.complain((*place, "life"), message, "write it as 48 months or 4 years")
    _check_years((*place, "life"), found)


def _check_years(place: Path, found: Complaints) -> None:
    """A number without a unit that counts as months, and was probably meant as years."""
    written = written_at(found.document, place)
    if isinstance(written, int | float) and 0 < written < _YEAR_MONTHS:
        number = f"{written:g}"
        months, years = (f"{number} {word}{'' if number == '1' else 's'}" for word in ("month", "year"))
        found.warn(place, f"{number} without a unit is {months}", f"write {years} where that is meant, else {months}")


def _check_twice(scenario: BusinessCase, found: Complaints) -> None:
    """Names that more than one of a list has: the second of each is told."""
    lists: list[tuple[Path, str, Sequence[str]]] = [
        (("options",), "option", [option.name for option in scenario.options]),
        (("scenarios",), "scenario", [each.name for each in scenario.scenarios]),
        (("scale",), "part of scale", [part.name for part in scenario.scale]),
    ]
    for number, option in enumerate(scenario.options):
        lists.append((("options", number, "costs"), f"cost of {option.name}", [line.name for line in option.costs]))
        gains = [line.name for line in option.income]
        lists.append((("options", number, "income"), f"income of {option.name}", gains))
    for place, what, names in lists:
        for at, name in enumerate(names):
            if name in names[:at]:
                found.complain((*place, at, "name"), f"another {what} is called {name!r}", "give it another name")


def _check_named(scenario: BusinessCase, found: Complaints) -> None:
    """Options that other blocks name, and names that cannot be told apart once a field follows them."""
    names = _options(scenario)
    if scenario.baseline is not None:
        found.known(scenario.baseline, names, "option", ("baseline",))
    for number, name in enumerate(option.name for option in scenario.options):
        shorter = next((other for other in names if name.startswith(f"{other}.")), None)
        if shorter is not None:
            message = f"{name!r} starts as the option {shorter!r} does, and inputs are called by both with dots between"
            found.complain(("options", number, "name"), message, f"write {name.replace('.', '-')!r}")
    for number, part in enumerate(scenario.scale):
        if part.option is not None:
            found.known(part.option, names, "option", ("scale", number, "option"))


def _options(scenario: BusinessCase) -> list[str]:
    return list(dict.fromkeys(option.name for option in scenario.options))


def _check_compared(scenario: BusinessCase, found: Complaints) -> None:
    """The two options that the case decides between."""
    names = _options(scenario)
    compared = scenario.compare
    if compared is not None:
        for key in ("build", "buy"):
            found.known(getattr(compared, key), names, "option", ("compare", key))
        if compared.build == compared.buy:
            found.complain(("compare",), f"both are {compared.build}; name two options to decide between")
        return
    roles = Counter(option.role for option in scenario.options)
    for role in ("build", "buy", "keep"):
        settled = scenario.baseline is not None if role == "keep" else not (roles["build"] and roles["buy"])
        if roles[role] < 2 or settled:
            continue
        mine = [(at, option.name) for at, option in enumerate(scenario.options) if option.role == role]
        message = f"{len(mine)} options have the role {role}: {', '.join(name for _, name in mine)}"
        hint = "say which is meant: compare: {build: …, buy: …}"
        if role == "keep":
            hint = f"say which one the others are held against: baseline: {mine[0][1]}"
        found.complain(("options", mine[1][0], "role"), message, hint)


def _check_factors(scenario: BusinessCase, found: Complaints) -> None:
    """What counts beside money: scores of what is weighed, and weights of what is scored."""
    weighed = list(scenario.factors)
    if weighed and not any(scenario.factors.values()):
        found.complain(
            ("factors",), "all weights are 0, so that no factor counts", "give one of them a weight", key=True
        )
    _check_weights(scenario, found)
    for number, option in enumerate(scenario.options):
        place: Path = ("options", number, "factors")
        for name in option.factors:
            if not weighed:
                hint = f"say what it counts: factors: {{{name}: 40 %}}"
                found.complain((*place, name), f"the case weighs no factors, and {name} is one", hint, key=True)
            else:
                found.known(name, weighed, "factor", (*place, name), key=True)
        missing = [name for name in weighed if name not in option.factors]
        if missing and not _idle(scenario, option):
            at = place if option.factors else place[:2]
            message = f"{option.name} has no score for {', '.join(missing)}, so that its weighted score is unknown"
            found.warn(at, message, "give it a score of 0 (worst) to 10")


def _check_weights(scenario: BusinessCase, found: Complaints) -> None:
    """Weights that are all told in per cent, and are not a hundred together."""
    written = [written_at(found.document, ("factors", name)) for name in scenario.factors]
    whole = sum(scenario.factors.values())
    shares = bool(written) and all(isinstance(one, str) and one.rstrip().endswith("%") for one in written)
    if shares and abs(whole - 1.0) > 1e-6:
        message = f"the weights are {100 * whole:,.6g} % together, and count in proportion to that"
        found.warn(("factors",), message, "make them 100 %, unless that is meant", key=True)


def _idle(scenario: BusinessCase, option: Option) -> bool:
    """Whether an option is only what the others are held against, so that nobody asks for its score."""
    return not option.factors and option.role == "keep" and len(scenario.options) > 1


def _check_drivers(scenario: BusinessCase, found: Complaints) -> None:
    """Amounts by the prediction, user and dollar of revenue, of which the case does not say how many there are."""
    demand, revenue = scenario.demand, scenario.revenue
    needed = {
        "per_prediction": (demand.predictions_per_month, "say how many: demand: {predictions_per_month: 1M}"),
        "per_user": (demand.users, "say how many: demand: {users: 10k}"),
        "of_revenue": (revenue, "say what comes in: revenue: {per_month: $50k}"),
    }
    blocks: list[tuple[Path, object]] = list(lines_of(scenario))
    if revenue is not None:
        blocks.append((("revenue",), revenue))
    for place, block in blocks:
        for key, (given, hint) in needed.items():
            if getattr(block, key, None) is not None and given is None:
                what = {"per_prediction": "predictions", "per_user": "users", "of_revenue": "revenue"}[key]
                found.complain((*place, key), f"the case says nothing of {what}", hint, key=True)
    if revenue is not None:
        for key in ("per_month", "per_prediction", "per_user"):
            if getattr(revenue, key) == 0:
                message = "no revenue at all: margins and costs by the dollar of revenue are not defined"
                found.warn(("revenue", key), message, "leave revenue out, or say what it is")


def _check_months(line: CaseLine, place: Path, horizon: int, found: Complaints) -> None:
    for key in ("at", "starts", "ends"):
        month = getattr(line, key)
        if month is not None and month > horizon:
            message = f"month {month} is beyond the horizon of {horizon} months"
            hint = "leave it out: it lasts to the end of the horizon" if key == "ends" else None
            found.complain((*place, key), message, hint)


def _check_overlooked(parts: Overlooked, place: Path, found: Complaints) -> None:
    given = {name for name in parts.model_fields_set if getattr(parts, name) is not None}
    for key, needed in _NEEDS:
        missing = [name for name in needed if name not in given]
        if key in given and missing:
            found.complain((*place, key), f"{key} counts for nothing without {' and '.join(missing)}", key=True)
    for key, priced in _PRICES:
        if key in given and not given & set(priced):
            message = f"{key} is a price, and nothing says how many: give {' or '.join(priced)}"
            found.warn((*place, key), message, key=True)
    if "experiments" in given and "failed_share" not in given:
        message = "experiments counts for nothing without failed_share: here the failed ones alone are paid"
        hint = "say which part of all fails; what successful ones cost stands among the costs, or in a plan"
        found.warn((*place, "experiments"), message, hint, key=True)
