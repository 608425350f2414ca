"""Options made by hand whose sums add up: by month from their lines, at a rate of 10 % a year."""

from collections.abc import Sequence
from itertools import accumulate

from planner.outcome.business_case import Banded, CashLine, CategoryCost, OptionResult, Returns, UnitTable

RATE = 1.1 ** (1 / 12) - 1
UNSURE = (0.8, 1.3)
"""Ends of a made band, over its middle."""


def banded(value: float | None, *, sure: bool = False) -> Banded:
    """A figure with a made band."""
    if value is None or sure:
        return Banded(value=value)
    low, high = sorted(value * factor for factor in UNSURE)
    return Banded(value=value, lo=low, hi=high, mean=value * 1.02)


def worth(flows: Sequence[float | None]) -> float | None:
    """Net present value; None where a flow is unknown."""
    if None in flows:
        return None
    return sum((flow or 0.0) / (1 + RATE) ** at for at, flow in enumerate(flows))


def cost_line(option: str, name: str, category: str, monthly: float, once: float, months: int) -> CashLine:
    """A line by the month, or once now."""
    total = once or monthly * months
    return CashLine(
        option=option, name=name, category=category, side="cost", amount_usd=once or monthly, driver="",
        first=0 if once else 1,
        last=0 if once else months, every=0 if once else 1, growth_per_year=0.0, decline_per_year=0.0, parity=1.0,
        keys=[f"options.{option}.costs.{name}"], total_usd=banded(total), present_usd=total * 0.9,
        source="offer of May",
    )  # fmt: skip


def option(
    name: str, title: str, role: str, months: int, costs: dict[str, tuple[float | None, float]], *,
    revenue: Sequence[float] = (), predictions: float = 0.0, users: float = 0.0, sure: bool = False,
    parity: float = 1.0, income: float = 0.0,
) -> OptionResult:  # fmt: skip
    """Category → (paid now, paid by the month); an amount now of None is unknown."""
    by_month = {
        category: [None if now is None else now / parity, *([monthly / parity] * months)]
        for category, (now, monthly) in costs.items()
    }
    sums: list[float | None] = [
        None
        if any(flows[at] is None for flows in by_month.values())
        else sum(flows[at] or 0.0 for flows in by_month.values())
        for at in range(months + 1)
    ]
    whole = None if None in sums else sum(value or 0.0 for value in sums)
    gains = [0.0, *(revenue or [0.0] * months)]
    own = [0.0, *([income] * months)] if income else [0.0] * (months + 1)
    net = [None if cost is None else gain + mine - cost for gain, mine, cost in zip(gains, own, sums, strict=True)]
    known = [value or 0.0 for value in sums[1:]]
    parts = []
    for category, flows in by_month.items():
        total = None if None in flows else sum(value or 0.0 for value in flows)
        share = None if total is None or not whole else total / whole
        parts.append(CategoryCost(
            category=category, usd=banded(total, sure=sure), share=share,
            usd_per_prediction=None if total is None or not predictions else total / months / predictions,
            usd_per_user_month=None if total is None or not users else total / months / users,
            usd_per_revenue_usd=None if total is None or not revenue else total / sum(revenue),
        ))  # fmt: skip
    return OptionResult(
        name=name, title=title, role=role, parity=Banded(value=parity),
        lines=[cost_line(name, f"{category} of {name}", category, monthly, now or 0.0, months)
               for category, (now, monthly) in costs.items()],
        costs_by_month_usd=by_month, income_by_month_usd=own,
        cost_usd=banded(whole, sure=sure), cost_as_is_usd=banded(None if whole is None else whole * parity, sure=sure),
        present_cost_usd=banded(worth(sums), sure=sure),
        first_year_usd=banded(None if None in sums[:13] else sum(v or 0.0 for v in sums[:13]), sure=sure),
        present_income_usd=banded(worth(own), sure=sure),
        net_present_usd=banded(worth(net) if revenue or income else None, sure=sure),
        overlooked_usd=banded(None if whole is None else whole * 0.3, sure=sure),
        breakdown=sorted(parts, key=lambda part: -(part.usd.value or 0.0)),
        units=UnitTable(
            usd_per_prediction=[cost / predictions if predictions else None for cost in known],
            usd_per_user=[cost / users if users else None for cost in known],
            usd_per_revenue_usd=[cost / gain if gain else None for cost, gain in zip(known, gains[1:], strict=True)],
            margin_share=[1 - cost / gain if gain else None for cost, gain in zip(known, gains[1:], strict=True)],
            margin_usd_per_user=[(gain - cost) / users if users and gain else None
                                 for cost, gain in zip(known, gains[1:], strict=True)],
            margin_trend_per_month=0.004 if revenue else None,
            usd_per_prediction_trend_per_month=-0.00004 if predictions else None,
            unknown=[] if revenue else ["no revenue is told, so that there is no margin"],
        ),
        returns=None, weighted_score=None,
    )  # fmt: skip


def returns(mine: OptionResult, other: OptionResult, *, sure: bool = False, **changed: object) -> Returns:
    """What an option returns against another, by the flows of both."""
    months = len(mine.income_by_month_usd) - 1
    net: list[float | None] = []
    for at in range(months + 1):
        theirs = [flows[at] for flows in other.costs_by_month_usd.values()]
        ours = [flows[at] for flows in mine.costs_by_month_usd.values()]
        net.append(None if None in theirs + ours else sum(v or 0.0 for v in theirs) - sum(v or 0.0 for v in ours))
    unknown = None in net
    level = list(accumulate(value or 0.0 for value in net))
    even = next((at for at in range(months + 1) if all(v >= 0 for v in level[at:])), None)
    deepest = max(0.0, -min(level))
    made = Returns(
        against=other.name, net_usd=net, cumulative_usd=[None] * (months + 1) if unknown else list(level),
        cumulative_lo_usd=[] if sure or unknown else [v - 4_000 * at for at, v in enumerate(level)],
        cumulative_hi_usd=[] if sure or unknown else [v + 5_000 * at for at, v in enumerate(level)],
        invested_usd=None if unknown else deepest, benefit_usd=None if unknown else level[-1] + deepest,
        npv_usd=banded(worth(net), sure=sure),
        roi_percent=banded(None if unknown or not deepest else 100 * level[-1] / deepest, sure=sure),
        payback_months=banded(None if unknown or even is None else max(0.0, even - 0.4), sure=sure),
        discounted_payback_months=banded(None if unknown or even is None else max(0.0, even + 0.8), sure=sure),
        break_even_month=None if unknown else even, irr_per_year=None if unknown or even is None else 0.62,
        profitability_index=None if unknown or not deepest else 1.8,
        chance_positive=None if sure or unknown else 0.87,
        notes=[] if deepest or unknown else ["ROI is not defined: nothing is invested"],
    )  # fmt: skip
    return made.model_copy(update=dict(changed))
