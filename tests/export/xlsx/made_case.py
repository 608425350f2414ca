"""Business cases made by hand, reckoned month by month in plain Python as the docstrings of the outcome have it."""

import math
from collections.abc import Sequence
from itertools import accumulate
from typing import Any

import numpy as np

from planner.estimate.finance.irr import internal_rates
from planner.estimate.finance.levels import yearly_rate
from planner.outcome.business_case import (
    Banded,
    BuildOrBuy,
    Case,
    CaseInput,
    CashLine,
    OptionResult,
    Returns,
    ScenarioResult,
    Swing,
    TornadoChart,
    UnitTable,
)
from planner.outcome.findings import Assumption, Source

Numbers = Sequence[float]
HOSTILE = (
    "=1+1",
    "+cmd",
    "-2",
    "@SUM(A1)",
    "#REF!",
    "a\x07b\u202ec",
    "_x003D_1",
    "[x]:*?/\\'y",
    "z" * 60,
    "Summary",
    "summary",
)


def case_input(key: str, value: float | None, unit: str = "usd", **more: Any) -> CaseInput:
    return CaseInput(**{"key": key, "text": key, "unit": unit, "value": value, "source": "", "tag": "U", **more})


def line(option: str, name: str, amount: float | None, category: str = "other", **more: Any) -> CashLine:
    given: dict[str, Any] = {
        "option": option, "name": name, "category": category, "side": "cost", "amount_usd": amount, "driver": "",
        "first": 1, "last": 12, "every": 1, "growth_per_year": 0.0, "decline_per_year": 0.0, "parity": 1.0, "keys": [],
        "total_usd": Banded(value=None), "present_usd": None, "source": "",
    }  # fmt: skip
    return CashLine(**{**given, **more})


class World:
    """What options share."""

    def __init__(
        self, months: int = 12, rate: float = 0.1, growth: float = 0.2, predictions: float | None = 1000.0,
        users: float | None = None, revenue: float | None = None, decline: float = 0.0,
    ) -> None:  # fmt: skip
        self.months, self.rate, self.growth, self.decline = months, rate, growth, decline
        self.today = {"predictions": predictions, "users": users, "revenue": revenue, "demand": 1.0}

    @property
    def monthly(self) -> float:
        return math.pow(1 + self.rate, 1 / 12) - 1

    def driver(self, name: str, month: int) -> float:
        today = self.today[name]
        return math.nan if today is None else today * math.pow(1 + self.growth, (month - 1) / 12)

    def worth(self, flows: Numbers) -> float:
        return sum(flow / (1 + self.monthly) ** month for month, flow in enumerate(flows))


def paid(world: World, one: CashLine) -> list[float]:
    """What a line pays in each month, before parity."""
    due = {one.first} if one.every == 0 else set(range(one.first, one.last + 1, one.every))
    found = []
    for month in range(world.months + 1):
        since = month - 1 if one.every == 1 else month
        level = (1 + one.growth_per_year) ** (since / 12) * (1 - one.decline_per_year) ** (since / 12)
        amount = math.nan if one.amount_usd is None else one.amount_usd
        times = world.driver(one.driver, month) if one.driver else 1.0
        found.append(amount * level * times if month in due else 0.0)
    return found


def added(rows: Sequence[Numbers], months: int) -> list[float]:
    return [sum(row[month] for row in rows) for month in range(months + 1)]


def figure(value: float) -> float | None:
    return value if math.isfinite(value) else None


def banded(value: float) -> Banded:
    return Banded(value=figure(value), lo=None, hi=None)


class Made:
    """An option that is reckoned."""

    def __init__(self, world: World, lines: Sequence[CashLine]) -> None:
        self.world, self.lines = world, lines
        costs = [one for one in lines if one.side == "cost"]
        self.by_category = {
            category: added(
                [[usd / one.parity for usd in paid(world, one)] for one in costs if one.category == category],
                world.months,
            )
            for category in dict.fromkeys(one.category for one in costs)
        }
        self.cost = added(list(self.by_category.values()), world.months)
        self.as_is = added([paid(world, one) for one in costs], world.months)
        self.income = added([paid(world, one) for one in lines if one.side == "income"], world.months)
        revenue = [0.0, *(world.driver("revenue", month) for month in range(1, world.months + 1))]
        self.revenue = revenue if world.today["revenue"] is not None else [0.0] * (world.months + 1)
        self.earns = any(one.category == "income" for one in lines) or world.today["revenue"] is not None


def returns_of(world: World, net: list[float], against: str) -> Returns:
    """As `Returns` says, month by month."""
    total = list(accumulate(net))
    worth = [flow / (1 + world.monthly) ** month for month, flow in enumerate(net)]
    invested = math.nan if math.isnan(total[-1]) else max(0.0, -min(total))
    back, discounted = payback(net), payback(worth)
    npv = sum(worth)
    rate, note = rate_of(net)
    return Returns(
        against=against, net_usd=list(map(figure, net)), cumulative_usd=list(map(figure, total)),
        cumulative_lo_usd=[], cumulative_hi_usd=[], invested_usd=figure(invested),
        benefit_usd=figure(total[-1] + invested), npv_usd=banded(npv),
        roi_percent=banded(100 * total[-1] / invested if invested > 0 else math.nan),
        payback_months=banded(back), discounted_payback_months=banded(discounted),
        break_even_month=math.ceil(back - 1e-9) if math.isfinite(back) else None,
        irr_per_year=rate, irr_note=note,
        profitability_index=1 - npv / net[0] if net[0] < 0 else None,
        notes=["made by hand"],
    )  # fmt: skip


def payback(flows: Numbers) -> float:
    total = list(accumulate(flows))
    if math.isnan(total[-1]):
        return math.nan
    under = [month for month, usd in enumerate(total) if usd < 0]
    if not under:
        return 0.0
    if under[-1] == len(flows) - 1:
        return math.inf
    return under[-1] - total[under[-1]] / flows[under[-1] + 1]


def rate_of(net: Numbers) -> tuple[float | None, str]:
    found = internal_rates(np.array(net))
    rate = found.rate_per_month
    return None if rate is None else float(yearly_rate(rate)), found.reason


def option(world: World, name: str, lines: Sequence[CashLine], parity: float = 1.0, **more: Any) -> OptionResult:
    made = Made(world, lines)
    cost, income, revenue = made.cost, made.income, made.revenue
    earned = world.worth(income) + world.worth(revenue)
    months = world.months
    predictions = [world.driver("predictions", month) for month in range(1, months + 1)]
    per = [figure(usd / many) for usd, many in zip(cost[1:], predictions, strict=True)]
    units = UnitTable(
        usd_per_prediction=per, usd_per_user=[None] * months, usd_per_revenue_usd=[None] * months,
        margin_share=[None] * months, margin_usd_per_user=[None] * months, margin_trend_per_month=None,
        usd_per_prediction_trend_per_month=None,
    )  # fmt: skip
    given: dict[str, Any] = {
        "name": name, "title": name, "role": "other", "parity": Banded(value=parity), "lines": list(lines),
        "costs_by_month_usd": {key: list(map(figure, row)) for key, row in made.by_category.items()},
        "income_by_month_usd": list(map(figure, income)), "cost_usd": banded(sum(cost)),
        "cost_as_is_usd": banded(sum(made.as_is)), "present_cost_usd": banded(world.worth(cost)),
        "first_year_usd": banded(sum(cost[:13])), "present_income_usd": banded(world.worth(income)),
        "net_present_usd": banded(earned - world.worth(cost) if made.earns else math.nan),
        "overlooked_usd": banded(0.0), "breakdown": [], "units": units, "returns": None, "weighted_score": None,
    }  # fmt: skip
    return OptionResult(**{**given, **more})


def case(
    world: World, options: Sequence[OptionResult], baseline: str = "", decided: tuple[str, str] | None = None,
    inputs: Sequence[CaseInput] = (), **more: Any,
) -> Case:  # fmt: skip
    """A case of these options, with what each returns against the baseline, or by its own income."""
    made = {one.name: Made(world, one.lines) for one in options}
    filled = []
    for one in options:
        own, other = made[one.name], made.get(baseline)
        net = None
        if other is not None and one.name != baseline:
            net = added([own.income, [-usd for usd in own.cost], other.cost, [-usd for usd in other.income]],
                        world.months)  # fmt: skip
        elif other is None and own.earns:
            net = added([own.revenue, own.income, [-usd for usd in own.cost]], world.months)
        filled.append(one if net is None else one.model_copy(update={"returns": returns_of(world, net, baseline)}))
    known = {name: today for name, today in world.today.items() if name in ("predictions", "users")}
    revenue = world.today["revenue"] is not None
    given: dict[str, Any] = {
        "api_version": "planner/v1", "kind": "BusinessCase", "metadata": {"name": "made"},
        "scenario": {"path": "made.yaml", "digest": "0" * 64}, "catalog": {"as_of": "2026-11-01", "digest": "0" * 64},
        "planner": {"version": "1"}, "months": world.months, "discount_rate_per_year": world.rate,
        "discount_rate_per_month": world.monthly,
        "demand_by_month": {
            name: [world.driver(name, month) for month in range(1, world.months + 1)]
            for name, today in known.items() if today is not None
        },
        "revenue_by_month_usd": [world.driver("revenue", m) for m in range(1, world.months + 1)] if revenue else [],
        "demand_growth_per_year": world.growth, "price_decline_per_year": world.decline, "inputs": list(inputs),
        "options": filled, "baseline": baseline, "decision": None if decided is None else decision(filled, *decided),
        "cheapest": min(filled, key=lambda one: one.present_cost_usd.value or math.inf).name, "tornado": None,
        "draws": 0, "seed": 1, "scenarios": [], "hours": None, "scale": [],
        "assumptions": [Assumption(key="a", value="1", tag="E", note="made")], "warnings": [],
        "sources": [Source(what="w", source="s", as_of="2026-11-01")],
    }  # fmt: skip
    return Case(**{**given, **more})


def decision(options: Sequence[OptionResult], build: str, buy: str) -> BuildOrBuy:
    named = {one.name: one for one in options}
    worth = [
        math.nan if one.present_cost_usd.value is None or one.present_income_usd.value is None
        else one.present_income_usd.value - one.present_cost_usd.value
        for one in (named[build], named[buy])
    ]  # fmt: skip
    saved = worth[0] - worth[1]
    returns = named[build].returns or named[buy].returns
    assert returns is not None
    choice = "" if math.isnan(saved) else build if saved > 0 else buy
    return BuildOrBuy(
        build=build, buy=buy, choice=choice, reason="by its net present value",
        saved_usd=banded(saved), chance_build_wins=None, returns=returns,
    )  # fmt: skip


def plain_case(**world: Any) -> Case:
    """Build against buy, with every way in which a line may be paid, and amounts that are formulas on inputs."""
    at = World(**{"months": 30, "revenue": 900.0, "users": 40.0, "decline": 0.15, **world})
    inputs = [
        case_input("discount_rate", at.rate, "share/year"), case_input("demand.growth", at.growth, "share/year"),
        case_input("market.price_decline", at.decline, "share/year"),
        case_input("demand.predictions_per_month", at.today["predictions"], "count", lo=800.0, hi=1300.0),
        case_input("demand.users", at.today["users"], "count"),
        case_input("revenue.per_month", at.today["revenue"], "usd/month"),
        case_input("options.build.parity", 0.8, "share"),
        case_input("options.build.costs.team.per_year", 24_000.0, "usd/year"),
        case_input("options.build.costs.team.growth", 0.03, "share/year"),
        case_input("options.build.overlooked.engineer_per_month", 9_000.0, "usd/month"),
        case_input("options.build.overlooked.build_engineer_months", 4.0, "count"),
        case_input("options.build.overlooked.experiments", 700.0, "usd"),
        case_input("options.build.overlooked.failed_share", 0.6, "share"),
        case_input("options.buy.costs.api.per_prediction", 6.5, "usd/unit"),
        case_input("options.buy.costs.fee.of_revenue", 0.03, "share"),
        case_input("options.buy.income.saved.per_user", 1.5, "usd/unit"),
    ]  # fmt: skip
    own = "options.build.overlooked"
    build = [
        line("build", "team", 2_000.0, "engineering", last=at.months, growth_per_year=0.03, parity=0.8,
             keys=["options.build.costs.team.per_year", "options.build.costs.team.growth", "options.build.parity"]),
        line("build", "first release", 36_000.0, "engineering", first=0, last=0, every=0, parity=0.8,
             keys=[f"{own}.build_engineer_months", f"{own}.engineer_per_month", "options.build.parity"]),
        line("build", "failed", 700.0 * 0.6 / 0.4, "experiments", first=0, last=0, every=0, parity=0.8,
             keys=[f"{own}.failed_share", f"{own}.experiments", "options.build.parity"]),
        line("build", "machines", 5_000.0, "hardware", first=0, last=at.months, every=7, decline_per_year=at.decline,
             parity=0.8, keys=["market.price_decline"]),
        line("build", "sold", 400.0, "hardware", side="income", first=at.months, last=at.months, every=0),
    ]  # fmt: skip
    buy = [
        line("buy", "api", 6.5, "external_apis", last=at.months, driver="predictions", decline_per_year=at.decline,
             keys=["options.buy.costs.api.per_prediction", "demand.predictions_per_month", "demand.growth"]),
        line("buy", "fee", 0.03, "other", first=3, last=at.months - 2, driver="revenue",
             keys=["options.buy.costs.fee.of_revenue"]),
        line("buy", "support", 120.0, "support", last=at.months, driver="demand"),
        line("buy", "saved", 1.5, "income", side="income", last=at.months, driver="users",
             keys=["options.buy.income.saved.per_user"]),
    ]  # fmt: skip
    options = [
        option(at, "build", build, 0.8, role="build", scores={"control": 8.0, "speed": 3.0}, weighted_score=5.0),
        option(at, "buy", buy, role="buy", scores={"control": 2.0}),
    ]
    swing = Swing(key="demand.growth", text="growth", unit="share/year", input_lo=0.1, input_hi=0.3,
                  result_lo_usd=-5.0, result_hi_usd=7.0)  # fmt: skip
    other = ScenarioResult(
        name="slow", demand_growth_per_year=0.0, price_decline_per_year=0.3, demand=1.0,
        present_cost_usd={"build": 1.0, "buy": None}, npv_usd={"build": 2.0}, choice="build", chance_build_wins=None,
    )  # fmt: skip
    return case(at, options, "buy", ("build", "buy"), inputs, scenarios=[other], weights={"control": 0.4, "speed": 0.6},
                tornado=TornadoChart(of="worth", middle_usd=1.0, swings=[swing]))  # fmt: skip


def hostile_case() -> Case:
    """Names that try to be formulas, errors and escapes, and titles of sheets that are taken or none."""
    world = World(months=2)
    options = [
        option(world, name, [line(name, name, 1.0, name, last=2, source=name, keys=[name])], title=name)
        for name in HOSTILE
    ]
    inputs = [case_input(HOSTILE[0], 1.0)]
    return case(world, options, HOSTILE[0], (HOSTILE[1], HOSTILE[0]), inputs, warnings=list(HOSTILE))
