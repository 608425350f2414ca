"""What is odd, where it goes and what to change: of the year made by hand."""

import datetime
import math

from planner.outcome.review.advice import Realised, SpendAdvice
from planner.outcome.review.attribution import DayTotal, MonthTotal
from planner.outcome.review.oddities import Anomaly, ForecastDay, ForecastMonth, ModelScore, SpendForecast

AHEAD = 90


def anomalies() -> list[Anomaly]:
    """A spike and a leak in the month, and a drop before it."""
    return [
        Anomaly(
            series={"team": "growth"}, first_day="2026-09-18", last_day="2026-10-31", kind="leak", actual_usd=11_240.0,
            expected_usd=7_320.0, ratio=1.54, score=4.4, in_month=True,
            causes=["tenant globex makes 83 % of it: its requests doubled in six weeks"],
            text="growth grows by 1.4 % a day since 18 September, from tenant globex",
        ),
        Anomaly(
            series={"team": "research", "service": "EC2"}, first_day="2026-10-13", last_day="2026-10-15", kind="spike",
            actual_usd=8_260.0, expected_usd=2_660.0, ratio=3.1, score=19.9, in_month=True,
            causes=["run rsch-0412 (llama-3.1-70b, 16 × h100-sxm) makes 75 % of it"],
            text="training in research, 3.1 times the usual on 13 to 15 October, from run rsch-0412",
        ),
        Anomaly(
            series={}, first_day="2026-07-04", last_day="2026-07-05", kind="drop", actual_usd=1_310.0,
            expected_usd=1_980.0, ratio=0.66, score=6.1, in_month=False, causes=[],
            text="spend fell to two thirds of the usual on 4 and 5 July",
        ),
    ]  # fmt: skip


def forecasts(days: list[DayTotal], months: list[MonthTotal], as_of: str) -> list[SpendForecast]:
    """The total with its days, two teams, and one of which there is too little."""
    start = datetime.date.fromisoformat(as_of)
    recent = [day.effective_usd for day in days[-28:]]
    mean = sum(recent) / len(recent)
    ahead = []
    for n in range(AHEAD):
        day = start + datetime.timedelta(days=n)
        usd = mean * (0.72 if day.weekday() >= 5 else 1.11) * (1 + 0.0008 * n)
        wide = 0.09 + 0.012 * math.sqrt(n)
        ahead.append(ForecastDay(day=day.isoformat(), usd=round(usd, 2), lo_usd=round(usd * (1 - wide), 2),
                                 hi_usd=round(usd * (1 + wide), 2)))  # fmt: skip
    scores = [
        ModelScore(model="ETS(A,Ad,A)", mase=0.78, wape=0.071, coverage=0.91, chosen=True),
        ModelScore(model="seasonal naive", mase=1.0, wape=0.094, coverage=0.93, chosen=False),
        ModelScore(model="damped Holt", mase=1.12, wape=0.12, coverage=None, chosen=False),
    ]
    total = SpendForecast(dimension="", value="", model="ETS(A,Ad,A)", level=0.9, days_seen=len(days), scores=scores,
                          days=ahead, months=_months(ahead, months), note="")  # fmt: skip
    research = total.model_copy(update={
        "dimension": "team", "value": "research", "days": [],
        "months": [m.model_copy(update={"usd": round(0.43 * m.usd, 2), "spent_usd": round(0.43 * m.spent_usd, 2),
                                        "lo_usd": None if m.lo_usd is None else round(0.41 * m.lo_usd, 2),
                                        "hi_usd": None if m.hi_usd is None else round(0.46 * m.hi_usd, 2)})
                   for m in total.months],
    })  # fmt: skip
    labs = SpendForecast(dimension="team", value="labs", model="seasonal naive", level=0.9, days_seen=5, scores=[],
                         days=[], months=[], note="5 days are too few for a forecast")  # fmt: skip
    return [total, research, labs]


def _months(ahead: list[ForecastDay], months: list[MonthTotal]) -> list[ForecastMonth]:
    spent = {m.month: m.effective_usd for m in months}
    found = []
    for name in sorted({day.day[:7] for day in ahead})[:3]:
        coming = sum(day.usd for day in ahead if day.day.startswith(name))
        so_far = spent.get(name, 0.0)
        found.append(ForecastMonth(month=name, usd=round(so_far + coming, 2), lo_usd=round(so_far + 0.94 * coming, 2),
                                   hi_usd=round(so_far + 1.07 * coming, 2), spent_usd=so_far))  # fmt: skip
    return found


def advice() -> list[SpendAdvice]:
    """Three changes, two of which touch the same money."""
    return [
        SpendAdvice(
            kind="reserve", about="h100-sxm at aws", text="Reserve 12 h100-sxm for a year: demand was above that 71 % "
            "of the hours", saving_usd=31_400.0, saving_lo_usd=27_200.0, saving_hi_usd=34_900.0,
            per_month_usd=5_233.0, hours_saved=None, confidence="high",
            steps=["buy a savings plan of one year for 12 cards", "move steady jobs to it"],
            risk="the price of the card may fall faster than the discount",
            basis="GPU-hours billed hour by hour, 1 May to 31 October 2026, at the catalog's discount of 34 %",
            first_day="2026-05-01", last_day="2026-10-31", overlaps=["cache"],
        ),
        SpendAdvice(
            kind="early_stop", about="search-ranker", text="Stop runs of search-ranker after 3 evaluations without an "
            "improvement", saving_usd=9_120.0, saving_lo_usd=None, saving_hi_usd=None, per_month_usd=1_520.0,
            hours_saved=310.0, confidence="medium", steps=["set patience to 3 in the trainer"],
            risk="a run that recovers late is lost: 1 of 41 did",
            basis="41 runs with a history, 1 May to 31 October 2026", first_day="2026-05-01", last_day="2026-10-31",
        ),
        SpendAdvice(
            kind="cache", about="support-bot", text="Cache answers to repeated prompts of support-bot: 18 % were sent "
            "before", saving_usd=1_980.0, saving_lo_usd=1_400.0, saving_hi_usd=2_300.0, per_month_usd=660.0,
            hours_saved=None, confidence="low", steps=["put an exact cache before the endpoint"],
            risk="answers go stale", basis="9.1 M requests, 1 August to 31 October 2026", first_day="2026-08-01",
            last_day="2026-10-31", overlaps=["reserve"],
        ),
    ]  # fmt: skip


def realised() -> list[Realised]:
    """Earlier advice: one that came, one that nobody can tell."""
    return [
        Realised(kind="schedule", about="dev machines of product", advised_usd=900.0, realised_usd=740.0,
                 text="off at night since 3 August"),
        Realised(kind="right_size", about="summariser", advised_usd=410.0, realised_usd=None,
                 text="no samples since the change"),
    ]  # fmt: skip
