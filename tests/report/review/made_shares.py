"""Whose spend is whose, budgets, and what drove the change: of the year made by hand."""

from planner.outcome.review.attribution import (
    Attributed,
    MissingTag,
    MonthTotal,
    Part,
    Statement,
    StatementLine,
    Value,
)
from planner.outcome.review.budgets import BudgetStatus, Crossing
from planner.outcome.review.kpis import Driver, MonthChange

BILLED = 1.03
"""Billed over effective cost of these months."""
MODELS = {"support-bot": 0.31, "code-helper": 0.24, "search-ranker": 0.17, "summariser": 0.09}


def change(plain: MonthChange) -> MonthChange:
    """The whole change, in four parts that make it, and in rows that make it."""
    whole = round(plain.after_usd - plain.before_usd, 2)
    price, volume, mix = round(-0.12 * abs(whole), 2), round(0.8 * whole, 2), round(0.2 * whole, 2)
    other = round(whole - price - volume - mix, 2)
    shares = {"research, EC2 p5.48xlarge (h100-sxm)": 0.7, "growth, Bedrock": 0.3, "product, S3": None}
    drivers, left = [], whole
    for what, share in shares.items():
        part = round(left if share is None else share * whole, 2)
        left = round(left - part, 2)
        known = share is not None
        drivers.append(
            Driver(what=what, before_usd=9_000.0, after_usd=round(9_000.0 + part, 2),
                   price_usd=round(-0.1 * part, 2) if known else None,
                   volume_usd=round(0.9 * part, 2) if known else None,
                   mix_usd=round(0.2 * part, 2) if known else None,
                   other_usd=round(part - round(-0.1 * part, 2) - round(0.9 * part, 2) - round(0.2 * part, 2), 2)
                   if known else part)
        )  # fmt: skip
    parts = {"price_usd": price, "volume_usd": volume, "mix_usd": mix, "other_usd": other, "drivers": drivers}
    return plain.model_copy(update=parts)


def _value(name: str, usd: float, month: MonthTotal, before: float | None) -> Value:
    return Value(value=name, billed_usd=round(usd * BILLED, 2), effective_usd=usd, before_usd=before,
                 share=usd / month.effective_usd)  # fmt: skip


def _attributed(dimension: str, parts: dict[str, float], month: MonthTotal, growth: float | None) -> Attributed:
    """A dimension; what its values leave is unattributed, so that all make the bill."""
    named = {name: usd for name, usd in parts.items() if name}
    rest = round(month.effective_usd - sum(named.values()), 2)
    values = [_value(name, usd, month, None if growth is None or name == "summariser" else round(usd / growth, 2))
              for name, usd in sorted(named.items(), key=lambda item: -item[1])]  # fmt: skip
    billed = round(month.billed_usd - sum(one.billed_usd for one in values), 2)
    values.append(
        Value(value="", billed_usd=billed, effective_usd=rest, before_usd=None, share=rest / month.effective_usd)
    )
    return Attributed(
        dimension=dimension, billed_usd=month.billed_usd, attributed_usd=round(month.billed_usd - billed, 2),
        unattributed_usd=billed, effective_usd=month.effective_usd, values=values,
        missing=[MissingTag(provider="aws", service="Amazon S3", resource="checkpoints-old", billed_usd=0.61 * billed),
                 MissingTag(provider="gcp", service="Cloud NAT", resource="", billed_usd=0.39 * billed)],
    )  # fmt: skip


def attributed(month: MonthTotal, found: MonthChange | None) -> list[Attributed]:
    """By team, model and tenant."""
    growth = None if found is None else found.after_usd / found.before_usd
    models = {name: round(share * month.effective_usd, 2) for name, share in MODELS.items()}
    tenants = {name: round(share * month.effective_usd, 2) for name, share in (("globex", 0.12), ("initech", 0.04))}
    return [
        _attributed("team", month.by_team, month, growth),
        _attributed("model", models, month, growth),
        _attributed("tenant", tenants, month, growth),
    ]


def statements(month: MonthTotal, found: MonthChange | None) -> list[Statement]:
    """One for each team, the largest first, and the unattributed."""
    growth = None if found is None else found.after_usd / found.before_usd
    teams = sorted((name for name in month.by_team if name), key=lambda name: -month.by_team[name])
    return [_statement(name, month, growth) for name in (*teams, "")]


def _statement(team: str, month: MonthTotal, growth: float | None) -> Statement:
    effective = month.by_team[team]
    billed = round(effective * BILLED, 2)
    cuts = [("EC2", "h100-sxm", 0.7, "GPU-hours"), ("Bedrock", "", 0.2, "")]
    lines, left, left_billed = [], effective, billed
    for service, what, share, unit in cuts:
        part, part_billed = round(share * effective, 2), round(share * billed, 2)
        left, left_billed = round(left - part, 2), round(left_billed - part_billed, 2)
        lines.append(StatementLine(service=service, what=what, quantity=part / 2.4 if unit else None, unit=unit,
                                   billed_usd=part_billed, effective_usd=part))  # fmt: skip
    lines.append(StatementLine(service="S3", what="Standard storage", quantity=41_200.0, unit="GB-months",
                               billed_usd=left_billed, effective_usd=left))  # fmt: skip
    shared = round(0.08 * effective, 2)
    shared_billed = round(0.08 * billed, 2)
    parts = [
        Part(rule="tag", way="direct", billed_usd=round(billed - shared_billed, 2),
             effective_usd=round(effective - shared, 2)),
        Part(rule="shared-network", way="proportional", billed_usd=shared_billed, effective_usd=shared),
    ]  # fmt: skip
    if not team:
        parts = [Part(rule="", way="unattributed", billed_usd=billed, effective_usd=effective)]
    return Statement(
        dimension="team", value=team, month=month.month, billed_usd=billed, effective_usd=effective, parts=parts,
        lines=lines, before_usd=None if growth is None or not team else round(effective / growth, 2),
        gpu_hours=round(0.7 * effective / 2.4, 1) if team else None,
    )  # fmt: skip


def budgets(month: MonthTotal, *, whole: bool) -> list[BudgetStatus]:
    """One that is passed, one that is fine, one of the year, and one that nothing is known to come of."""
    spent = month.by_team["research"]
    year = {"start": "2026-01-01", "end": "2027-01-01", "period": "year"}
    return [
        BudgetStatus(
            name="research-month", where="team research", period="month", start="2026-10-01", end="2026-11-01",
            amount_usd=26_000.0, spent_usd=spent, used=spent / 26_000.0, elapsed=1.0 if whole else 21 / 31,
            run_rate_usd=spent if whole else spent * 31 / 21, forecast_usd=spent if whole else spent * 1.44,
            forecast_lo_usd=spent if whole else spent * 1.38, forecast_hi_usd=spent if whole else spent * 1.53,
            forecast_model="ETS(A,Ad,A)", chance_over=1.0 if whole else 0.97,
            status="over" if spent > 26_000.0 else "forecast_over",
            crossings=[Crossing(level=0.8, reached_on="2026-10-18", forecast_on=""),
                       Crossing(level=1.0, reached_on="2026-10-24" if whole else "",
                                forecast_on="" if whole else "2026-10-24")],
            drivers=["EC2 p5.48xlarge makes 71 % of it, run rsch-0412 alone $4,210"],
        ),
        BudgetStatus(
            name="support-bot", where="model support-bot", period="month", start="2026-10-01", end="2026-11-01",
            amount_usd=20_000.0, spent_usd=16_900.0, used=0.845, elapsed=1.0, run_rate_usd=16_900.0,
            forecast_usd=16_900.0, forecast_lo_usd=16_900.0, forecast_hi_usd=16_900.0, forecast_model="ETS(A,N,A)",
            chance_over=0.0, status="warning", drivers=[],
            crossings=[Crossing(level=0.8, reached_on="2026-10-29", forecast_on="")],
        ),
        BudgetStatus.model_validate(year | {
            "name": "all", "where": "", "amount_usd": 640_000.0, "spent_usd": 526_100.0, "used": 526_100 / 640_000,
            "elapsed": 304 / 365, "run_rate_usd": 631_700.0, "forecast_usd": 652_000.0, "forecast_lo_usd": 631_000.0,
            "forecast_hi_usd": 676_000.0, "forecast_model": "ETS(A,Ad,A)", "chance_over": 0.81,
            "status": "forecast_over", "crossings": [], "drivers": ["research makes 43 % of it"],
        }),
        BudgetStatus(
            name="new-team", where="team labs", period="quarter", start="2026-10-01", end="2027-01-01",
            amount_usd=5_000.0, spent_usd=0.0, used=0.0, elapsed=31 / 92, run_rate_usd=None, forecast_usd=None,
            forecast_lo_usd=None, forecast_hi_usd=None, forecast_model="", chance_over=None, status="ok",
            crossings=[], drivers=[],
        ),
    ]  # fmt: skip
