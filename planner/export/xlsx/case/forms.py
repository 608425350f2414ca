"""How an amount is made of the inputs that it rests on, told by what these are called in a scenario."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from planner.export.xlsx.case.inputs import Inputs, same
from planner.export.xlsx.cells import literal
from planner.outcome.business_case import CashLine
from planner.units import HOURS_PER_MONTH

_RATES: Final = frozenset({"growth", "salary_growth", "parity", "price_decline"})
_SPREAD: Final = ("demand.", "revenue.", "market.", "discount_rate")
"""Beginnings of keys that say what an amount is multiplied by, not what it is."""
PLAN: Final = "plan"
"""What the input is called here that a plan supplies; in a scenario it has a number."""


@dataclass(frozen=True, slots=True)
class Form:
    """An amount made of inputs, in this order."""

    names: tuple[str, ...]
    """What each is called, last in its place in the scenario."""
    words: str
    """With {0} … for their cells."""
    value: Callable[[Sequence[float]], float]
    part: bool = False
    """Whether the amount may be a part of it that stays: of a plan's cost, that of one category."""


def _product(*names: str, part: bool = False) -> Form:
    return Form(names, "{0}*{1}", lambda v: v[0] * v[1], part)


def _whole(name: str) -> Form:
    return Form((name,), "{0}", lambda v: v[0])


def _twelfth(name: str) -> Form:
    return Form((name,), "{0}/12", lambda v: v[0] / 12)


FORMS: Final = (
    *map(_whole, ("once", "per_month", "per_prediction", "per_user", "of_revenue", "compliance_at_start", "price",
                  "colocation_per_month", "staff_per_month")),
    *map(_twelfth, ("per_year", "compliance_per_year")),
    _product("build_engineer_months", "engineer_per_month"),
    _product("operate_engineers", "engineer_per_month"),
    _product("labels_at_start", "label"),
    _product("labels_per_month", "label"),
    _product("egress_gb_per_month", "egress_per_gb"),
    Form(("experiments", "failed_share"), "{0}*{1}/(1-{1})", lambda v: v[0] * v[1] / (1 - v[1])),
    Form(
        ("debt_share_per_year", "build_engineer_months", "engineer_per_month"), "{0}*{1}*{2}/12",
        lambda v: v[0] * v[1] * v[2] / 12,
    ),
    Form(
        ("power_kw", "pue", "electricity_per_kwh", "idle_power_share", "utilisation"),
        f"{{0}}*{{1}}*{{2}}*({{3}}+(1-{{3}})*{{4}})*{HOURS_PER_MONTH:g}",
        lambda v: v[0] * v[1] * v[2] * (v[3] + (1 - v[3]) * v[4]) * HOURS_PER_MONTH,
    ),
    Form((PLAN,), "{0}", lambda v: v[0], part=True),
    _product(PLAN, "runs_once", part=True),
    Form((PLAN, "runs_per_year"), "{0}*{1}/12", lambda v: v[0] * v[1] / 12, part=True),
)  # fmt: skip
"""As DOMAIN 10 and `planner/estimate/finance` have them."""
_BY_NAMES: Final[Mapping[frozenset[str], Form]] = {frozenset(form.names): form for form in FORMS}
_SOLD: Final = frozenset({"price", "residual", "life"})


def amount_formula(line: CashLine, inputs: Inputs) -> str | None:
    """The amount as a formula on all inputs that it rests on; None where none is known to give the same number."""
    named = {_name(key): key for key in line.keys if is_part(key)}
    found = [inputs.values[key] for key in named.values() if key in inputs.values]
    if line.amount_usd is None or len(found) != sum(map(is_part, line.keys)):
        return None
    numbers = {name: one.value for name, one in zip(named, found, strict=True) if one.value is not None}
    if len(numbers) != len(named):
        return None
    cells = {name: inputs.cells[key] for name, key in named.items()}
    if frozenset(named) == _SOLD:
        return next(_sold(line, numbers, cells, inputs), None)
    form = _BY_NAMES.get(frozenset(named))
    return None if form is None else _in_form(form, line.amount_usd, numbers, cells)


def _in_form(form: Form, usd: float, numbers: Mapping[str, float], cells: Mapping[str, str]) -> str | None:
    if numbers.get("failed_share") == 1.0:
        return None
    value, words = form.value([numbers[name] for name in form.names]), form.words
    words = words.format(*(cells[name] for name in form.names))
    if same(value, usd):
        return words
    return f"{words}*{literal(usd / value)}" if form.part and value else None


def _sold(line: CashLine, numbers: Mapping[str, float], cells: Mapping[str, str], inputs: Inputs) -> Iterator[str]:
    """Book value of machines of some age: price x (1 - (1 - residual) x age/life), at the price when they were bought.

    Below 0, since it is taken off the cost. A line's price falls until it is paid, and theirs fell `age` months less:
    x (1 - fall)^(-age/12).
    """
    price, residual, life = (numbers[name] for name in ("price", "residual", "life"))
    falls = any(key.startswith("market.") for key in line.keys)
    for age in range(1, int(life) + 1):
        months = age - (1 if line.every == 1 else 0) if falls else 0
        usd = -price * (1 - (1 - residual) * age / life) * (1 - line.decline_per_year) ** (-months / 12)
        if same(usd, line.amount_usd):
            moved = f"*(1-{inputs.main['decline']})^(-{months}/12)" if months else ""
            yield f"-{cells['price']}*(1-(1-{cells['residual']})*{age}/{life:g}){moved}"


def is_part(key: str) -> bool:
    """Whether an input is a part of the amount: no rate of change, and not what the amount is multiplied by."""
    return not key.startswith(_SPREAD) and _name(key) not in _RATES


def _name(key: str) -> str:
    last = key.rsplit(".", 1)[-1]
    return PLAN if last.isdigit() else last
