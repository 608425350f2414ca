"""A year of spend of four teams, day by day, made by hand: what a review's sums are taken from."""

import datetime
import math
import random

from planner.outcome.review.attribution import DayTotal, MonthTotal

FIRST = datetime.date(2025, 11, 1)
LAST = datetime.date(2026, 10, 31)
LEVELS = {"research": 690.0, "product": 480.0, "platform": 300.0, "growth": 130.0, "": 26.0}
"""Team → mean spend of a day in USD; '' is unattributed."""
SPIKE = range(13, 16)
"""Days of October on which research trained three times as much as usual."""


def made_days(first: datetime.date = FIRST, last: datetime.date = LAST) -> list[DayTotal]:
    """Days with weekly rhythm, slow growth, noise, a spike, a lost weekend and a leak."""
    noise = random.Random(10)
    found, day = [], first
    while day <= last:
        age = (day - FIRST).days
        weekend = 0.62 if day.weekday() >= 5 else 1.0
        by_team = {}
        for team, level in LEVELS.items():
            usd = level * weekend * (1 + 0.0011 * age) * math.exp(noise.gauss(0.0, 0.07))
            if team == "research" and day.year == 2026 and day.month == 10 and day.day in SPIKE:
                usd *= 3.1
            if team == "product" and datetime.date(2026, 7, 4) <= day <= datetime.date(2026, 7, 5):
                usd *= 0.1
            if team == "growth" and day >= datetime.date(2026, 9, 1):
                usd *= 1 + 0.014 * (day - datetime.date(2026, 9, 1)).days
            by_team[team] = round(usd, 2)
        found.append(DayTotal(day=day.isoformat(), effective_usd=round(sum(by_team.values()), 2), by_team=by_team))
        day += datetime.timedelta(days=1)
    return found


def made_months(days: list[DayTotal], month: str, *, whole: bool) -> list[MonthTotal]:
    """Their months, of which the one under review may not be over."""
    found = []
    for name in sorted({day.day[:7] for day in days}):
        mine = [day for day in days if day.day.startswith(name)]
        effective = round(sum(day.effective_usd for day in mine), 2)
        found.append(
            MonthTotal(
                month=name, days=len(mine), whole=whole or name != month,
                billed_usd=round(effective * 1.03, 2), effective_usd=effective,
                list_usd=None if name < "2026-01" else round(effective * 1.31, 2),
                credits_usd=-412.5 if name == "2026-08" else 0.0, commitment_unused_usd=round(effective * 0.014, 2),
                by_team={team: round(sum(day.by_team[team] for day in mine), 2) for team in LEVELS},
            )
        )  # fmt: skip
    return found
