"""The engine on columns against plain Python, month by month, with all features on."""

import copy
from typing import Any

import numpy as np
import numpy_financial
import pytest

from planner.kinds.business_case.book import open_book
from planner.kinds.business_case.inputs import Tables
from planner.kinds.business_case.returned import Pair
from planner.outcome.business_case import CashLine
from tests.kinds.business_case.asked import case_of, option, scenario_of
from tests.kinds.business_case.by_hand import driver, monthly_rate, months_of, net_of, npv
from tests.kinds.business_case.drawn_cases import case_from


@pytest.mark.parametrize("seed", range(12))
def test_every_month_category_and_value(seed: int) -> None:
    raw = case_from(seed)
    case = case_of(**raw)
    for given in raw["options"]:
        one = option(case, given["name"])
        costs, income = months_of(raw, given)
        assert one.income_by_month_usd == pytest.approx(income, abs=1e-6)
        for category in {name for month in costs for name in month}:
            by_hand = [month.get(category, 0.0) for month in costs]
            assert one.costs_by_month_usd[category] == pytest.approx(by_hand, abs=1e-6)
        by_month = [sum(month.values()) for month in costs]
        assert one.cost_usd.value == pytest.approx(sum(by_month))
        assert one.cost_as_is_usd.value == pytest.approx(sum(by_month) * given["parity"])
        assert one.first_year_usd.value == pytest.approx(sum(by_month[:13]))
        assert one.present_cost_usd.value == pytest.approx(npv(raw, by_month))
        revenue = [0.0, *(driver(raw, "of_revenue", month) for month in range(1, raw["horizon"] + 1))]
        worth = npv(raw, revenue) + npv(raw, income) - npv(raw, by_month)
        assert one.net_present_usd.value == pytest.approx(worth, rel=1e-7, abs=1e-4)
        assert sum(part.usd.value or 0.0 for part in one.breakdown) == pytest.approx(sum(by_month))


@pytest.mark.parametrize("seed", range(12))
def test_returns_and_decision(seed: int) -> None:
    raw = case_from(seed)
    case = case_of(**raw)
    build, buy, third = (net_of(raw, given) for given in raw["options"])
    assert case.baseline == "buy"
    assert case.decision is not None
    for found, ours in ((case.decision.returns, build), (option(case, "third").returns, third)):
        assert found is not None
        net = [one - other for one, other in zip(ours, buy, strict=True)]
        cumulative = np.cumsum(net)
        assert found.against == "buy"
        assert found.net_usd == pytest.approx(net, abs=1e-5)
        assert found.cumulative_usd == pytest.approx(cumulative.tolist(), abs=1e-4)
        value = numpy_financial.npv(monthly_rate(raw["discount_rate"]), net)
        assert found.npv_usd.value == pytest.approx(value, rel=1e-7, abs=1e-3)
        if found.irr_per_year is not None and found.irr_per_year > -0.9:  # nearer to -1 floats tell no rates apart
            at_rate = [flow / (1 + found.irr_per_year) ** (month / 12) for month, flow in enumerate(net)]
            assert sum(at_rate) == pytest.approx(0.0, abs=1e-7 * max(map(abs, at_rate)))
        out = [month for month, total in enumerate(cumulative) if total < -1e-6]
        settled = (out[-1] + 1 if out[-1] < raw["horizon"] else None) if out else 0
        assert found.break_even_month == settled
        assert found.invested_usd == pytest.approx(max(0.0, -float(cumulative.min())), abs=1e-5)
    assert case.decision.saved_usd.value == pytest.approx(npv(raw, build) - npv(raw, buy), rel=1e-7, abs=1e-3)
    assert case.decision.choice == ("build" if npv(raw, build) > npv(raw, buy) else "buy")


def recomputed(line: CashLine, raw: dict[str, Any], month: int) -> float:
    """What CashLine's docstring says of a month, from the line's own figures."""
    paid = month == line.first if line.every == 0 else (
        line.first <= month <= line.last and (month - line.first) % line.every == 0
    )  # fmt: skip
    if not paid or line.amount_usd is None:
        return 0.0
    s = month - 1 if line.every == 1 else month
    names = {"predictions": "per_prediction", "users": "per_user", "revenue": "of_revenue", "demand": "demand"}
    drives = driver(raw, names[line.driver], month) if line.driver else 1.0
    moved = (1 + line.growth_per_year) ** (s / 12.0) * (1 - line.decline_per_year) ** (s / 12.0)
    return float(line.amount_usd * moved * drives)


@pytest.mark.parametrize("seed", range(6))
def test_lines_alone_recompute_the_case(seed: int) -> None:
    raw = case_from(seed)
    for one in case_of(**raw).options:
        costs = [0.0] * (raw["horizon"] + 1)
        for line in one.lines:
            flows = [recomputed(line, raw, month) for month in range(raw["horizon"] + 1)]
            assert line.total_usd.value == pytest.approx(sum(flows), abs=1e-6)
            assert line.present_usd == pytest.approx(npv(raw, flows), abs=1e-6)
            if line.side == "cost":
                costs = [paid + flow / line.parity for paid, flow in zip(costs, flows, strict=True)]
        assert one.cost_usd.value == pytest.approx(sum(costs), abs=1e-6)


def test_rates_of_random_flows_as_numpy_financial_has_them() -> None:
    rng = np.random.default_rng(5)
    for _ in range(10):
        months, invested = int(rng.integers(6, 40)), float(rng.uniform(1e3, 1e5))
        income = rng.uniform(0.2, 3.0, months) * invested / months
        lines = [{"name": f"m{k + 1}", "once": float(usd), "at": k + 1} for k, usd in enumerate(income)]
        cost = {"name": "now", "once": invested, "category": "other"}
        one = case_of(horizon=months, options=[{"name": "only", "costs": [cost], "income": lines}]).options[0]
        assert one.returns is not None
        monthly = numpy_financial.irr([-invested, *income])
        assert one.returns.irr_per_year == pytest.approx((1 + monthly) ** 12 - 1, rel=1e-6)


SPREAD = [
    ("demand", "growth", {"triangular": [-0.2, 0.1, 0.9]}),
    ("demand", "users", {"lognormal": [50, 5_000]}),
    ("market", "price_decline", {"uniform": [0.0, 0.4]}),
]


@pytest.mark.parametrize("seed", range(6))
def test_each_draw_is_the_case_with_its_numbers(seed: int) -> None:
    raw = case_from(seed)
    spread = copy.deepcopy(raw)
    for block, key, value in SPREAD:
        spread[block][key] = value
    for given in spread["options"]:
        given["parity"] = {"uniform": [0.4, 0.9]}
        for line in given["costs"]:
            line["growth"] = {"values": [-0.1, 0.0, 0.2, 0.3]}
    scenario = scenario_of(**spread, uncertainty={"draws": 100, "seed": seed})
    book = open_book(scenario, {}, Tables())
    assert book.drawn is not None
    found = Pair(book.named("build"), book.named("buy")).npv_usd(book, book.drawn)
    for draw in (0, 57, 99):
        known = copy.deepcopy(spread)
        for key, column in book.drawn.values.items():
            put(known, key, float(column[draw]) if len(column) > 1 else None)
        build, buy = (net_of(known, given) for given in known["options"][:2])
        assert found[draw] == pytest.approx(npv(known, build) - npv(known, buy), rel=1e-7, abs=1e-3)


def put(raw: dict[str, Any], key: str, value: float | None) -> None:
    """Set an input by its key; nothing where it is known."""
    if value is None:
        return
    at: Any = raw
    *path, last = key.split(".")
    for name in path:
        at = next(one for one in at if one["name"] == name) if isinstance(at, list) else at[name]
    at[last] = value
