"""Reviews made by hand: one as an organisation of four teams has it, one of a month that is not over, and bad ones."""

import datetime
from typing import Any

from planner.outcome.findings import Assumption, Source
from planner.outcome.plan import CatalogReference, CurrencyReference, Metadata, PlannerReference, Reference
from planner.outcome.review import Review
from planner.outcome.review.attribution import DayTotal, MonthTotal
from planner.outcome.review.kpis import MonthChange
from planner.outcome.review.operations import Operations
from planner.outcome.review.sources import Read
from tests.report.review.made_days import made_days, made_months
from tests.report.review.made_findings import advice, anomalies, forecasts, realised
from tests.report.review.made_operations import against, efficiency, models, operations, unit_costs
from tests.report.review.made_shares import attributed, budgets, change, statements
from tests.report.review.made_sources import read

MONTH = "2026-10"
HOSTILE = (
    "<script>alert(1)</script><img src=http://evil.example/x> {{7*7}} | **b** [a](http://evil.example) \u202e\x1b[31m"
)


def made_review(**changed: Any) -> Review:
    """October 2026 of four teams, over: three anomalies, a budget that is passed, a leaking tenant."""
    days = made_days()
    return _review(days, MONTH, "2026-11-01", whole=True, **changed)


def partial_review() -> Review:
    """The same on 22 October, when the month is not over."""
    days = made_days(last=datetime.date(2026, 10, 21))
    return _review(days, MONTH, "2026-10-22", whole=False)


def first_month() -> Review:
    """A month with nothing before it, and nothing but a bill."""
    days = made_days(datetime.date(2026, 10, 1))
    made = _review(days, MONTH, "2026-11-01", whole=True)
    nothing = Operations(runs=[], cards=[], deployments=[], apis=[], tenants=[])
    gone = ("budgets", "unit_costs", "models", "anomalies", "forecasts", "advice", "realised")
    plain: dict[str, Any] = {"change": None, "against_plans": None, "operations": nothing} | {name: [] for name in gone}
    bill = made.read.model_copy(update={"sources": made.read.sources[:1], "rejects": [], "gaps": [], "invoices": []})
    lonely = [one.model_copy(update={"values": [v.model_copy(update={"before_usd": None}) for v in one.values]})
              for one in made.attributed]  # fmt: skip
    parts = [p.model_copy(update={"value": None}) for p in made.efficiency.parts]
    score = made.efficiency.model_copy(update={"score": None, "parts": parts})
    return made.model_copy(update={**plain, "read": bill, "attributed": lonely, "efficiency": score})


def empty_review() -> Review:
    """Bills without a single charge that counts."""
    made = first_month()
    return made.model_copy(update={
        "months": [], "days": [], "attributed": [], "statements": [], "currency": None, "warnings": [],
        "assumptions": [], "read": Read(sources=[], rejects=[]),
    })  # fmt: skip


def crowded_review() -> Review:
    """Twice as many teams, budgets, anomalies and changes as a page has room for, all with long names."""
    made = made_review()
    team, long = made.attributed[0], "a-name-as-long-as-people-make-them-"
    values = [team.values[0].model_copy(update={"value": f"{long}{n}"}) for n in range(14)]
    text = "something that takes many words to say " * 7

    def many(found: list[Any], **changed: Any) -> list[Any]:
        named = {"name": f"{long}{{}}", **changed} if hasattr(found[0], "name") else changed
        return [
            one.model_copy(update={key: v.format(n) if isinstance(v, str) else v for key, v in named.items()})
            for n in range(4)
            for one in found
        ]

    return made.model_copy(update={
        "attributed": [team.model_copy(update={"values": [*values, *team.values[-1:]]}), *made.attributed[1:]],
        "budgets": many(made.budgets), "anomalies": many(made.anomalies, text=text, in_month=True),
        "advice": many(made.advice, text=text), "unit_costs": many(made.unit_costs),
        "warnings": [f"{n}: {text}" for n in range(30)],
    })  # fmt: skip


def hostile_review() -> Review:
    """Every text that somebody outside may choose is an attack."""
    return Review.model_validate(_poisoned(made_review().model_dump()))


_OURS = {"kind", "way", "status", "direction", "confidence", "api_version", "month", "day", "first_day", "last_day",
         "start", "end", "reached_on", "forecast_on", "as_of", "before", "after", "period", "time_zone", "digest",
         "sections", "code", "currency", "tag", "key"}  # fmt: skip
"""Fields that the planner itself writes."""


def _poisoned(value: Any, name: str = "") -> Any:
    if isinstance(value, dict):
        if name == "by_team":
            return {f"{HOSTILE}{key}" if key else "": _poisoned(each) for key, each in value.items()}
        return {key: _poisoned(each, key) for key, each in value.items()}
    if isinstance(value, list):
        return [_poisoned(each, name) for each in value]
    return f"{HOSTILE}{value}" if isinstance(value, str) and value and name not in _OURS else value


def _review(days: list[DayTotal], month: str, as_of: str, *, whole: bool, **changed: Any) -> Review:
    months = made_months(days, month, whole=whole)
    now, before = months[-1], (months[-2] if len(months) > 1 else None)
    found = change(_alike(days, now, before)) if before is not None else None
    made = Review(
        api_version="planner/v1", kind="SpendReview",
        metadata=Metadata(name="acme-spend", team="finops", owner="Mara Lind", cost_centre="cc-100",
                          question="What did AI cost in October, and what should change?",
                          labels={"period": "monthly"}),
        scenario=Reference(path="scenarios/spend/acme.yaml", digest="sha256:" + "ab" * 32),
        catalog=CatalogReference(as_of="2026-10-15", digest="sha256:" + "cd" * 32),
        planner=PlannerReference(version="0.1.0"),
        currency=CurrencyReference(code="EUR", usd_per_unit=1.09, as_of="2026-10-15", source="the scenario"),
        as_of=as_of, time_zone="Europe/Berlin", month=month, month_whole=whole, sections=[],
        read=read(now, whole=whole), months=months, days=days,
        attributed=attributed(now, found), statements=statements(now, found), budgets=budgets(now, whole=whole),
        unit_costs=unit_costs(), efficiency=efficiency(), models=models(), change=found, anomalies=anomalies(),
        forecasts=forecasts(days, months, as_of), operations=operations(), advice=advice(), realised=realised(),
        against_plans=against(),
        assumptions=[
            Assumption(key="advice.quality_kept", value="95 %", tag="E", note="least share of the best metric kept"),
            Assumption(key="commitment.1y", value="34 %", tag="C", note="discount of the catalog (DOMAIN 10)"),
        ],
        warnings=["37 rows have a team that no rule knows: rsch"],
        sources=[Source(what="bill of aws", source="bills/aws-*.parquet", as_of="2026-10-31")],
    )  # fmt: skip
    return made.model_copy(update=changed)


def _alike(days: list[DayTotal], now: MonthTotal, before: MonthTotal | None) -> MonthChange:
    """The month against as many days of the one before."""
    assert before is not None
    earlier = [day.effective_usd for day in days if day.day.startswith(before.month)]
    spent = round(sum(earlier if now.whole else earlier[: now.days]), 2)
    return MonthChange(before=before.month, after=now.month, before_usd=spent, after_usd=now.effective_usd,
                       price_usd=0.0, volume_usd=0.0, mix_usd=0.0, other_usd=0.0, drivers=[])  # fmt: skip
