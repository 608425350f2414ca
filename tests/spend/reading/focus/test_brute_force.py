"""A few hundred random rows, summed by SQL and by plain Python."""

import datetime
import random
from collections import Counter, defaultdict
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from planner.scenario.spend_rules import Told
from tests.spend.reading.focus.bills import charge, got, reconciles, write

ZONE = ZoneInfo("America/New_York")
AS_OF = datetime.date(2026, 11, 20)
RATES = {"EUR": 1.25, "USD": 1.0}


def _row(chance: random.Random) -> dict[str, object]:
    start = datetime.datetime(2026, 10, 25, tzinfo=datetime.UTC) + datetime.timedelta(hours=chance.randrange(30 * 24))
    days = chance.choice([0, 0, 0, 1, 2, 7])
    end = start + (datetime.timedelta(days=days) if days else datetime.timedelta(hours=1))
    cost = Decimal(chance.randrange(-(10**6), 10**9)).scaleb(-6)
    return charge(
        start.isoformat(), str(cost), ChargePeriodEnd=end.isoformat(), ListCost=chance.choice(["", "2.5"]),
        EffectiveCost=str(cost / 2), BillingCurrency=chance.choice(["USD", "EUR", "XTS"]),
        ChargeCategory=chance.choice(["Usage", "usage", "Tax", "Purchase", "Wrong"]),
        ChargeFrequency=chance.choice(["Recurring", "One-Time"]), ResourceId=chance.choice("abc"),
        Tags=chance.choice(["", '{"team": "one"}', '{"TEAM": "Two"}', "{"]),
        ConsumedQuantity=chance.choice(["1", "0.25", ""]), ConsumedUnit="Hours",
        SkuPriceDetails=chance.choice(["", '{"InstanceType": "p5.48xlarge"}']),
    )  # fmt: skip


def _plainly(
    files: list[list[dict[str, object]]],
) -> tuple[dict[tuple[Any, ...], list[Decimal]], Counter[str], dict[str, float]]:
    """Cells by day, team, resource and card; rows by status; GPU-hours by card."""
    most: Counter[tuple[tuple[str, object], ...]] = Counter()
    for rows in files:
        most |= Counter(tuple(sorted(row.items())) for row in rows)
    cells: dict[tuple[Any, ...], list[Decimal]] = defaultdict(lambda: [Decimal(0), Decimal(0)])
    statuses: Counter[str] = Counter()
    gpu_hours: dict[str, float] = defaultdict(float)
    for items, times in most.items():
        row = {name: str(value) for name, value in items}
        start = datetime.datetime.fromisoformat(row["ChargePeriodStart"])
        first = start.astimezone(ZONE).date()
        if row["ChargeCategory"] == "Wrong" or row["BillingCurrency"] not in RATES:
            continue
        statuses["future" if first >= AS_OF else "kept"] += times
        if first >= AS_OF:
            continue
        days = max(1, (datetime.datetime.fromisoformat(row["ChargePeriodEnd"]) - start).days)
        spread = 1 if row["ChargeFrequency"] == "One-Time" else days
        card = "h100-sxm" if row["SkuPriceDetails"] else ""
        team = {'{"team": "one"}': "one", '{"TEAM": "Two"}': "Two"}.get(row["Tags"], "")
        for day in (first + datetime.timedelta(days=place) for place in range(spread)):
            if day < AS_OF:
                cell = cells[(day, team, row["ResourceId"], card)]
                for place, name in enumerate(("BilledCost", "EffectiveCost")):
                    amount = Decimal(row[name]) * Decimal(RATES[row["BillingCurrency"]]) / spread
                    cell[place] += amount * times
                if card and row["ChargeCategory"].lower() == "usage" and row["ConsumedQuantity"]:
                    gpu_hours[team] += float(row["ConsumedQuantity"]) * 8 / spread * times
    return cells, statuses, gpu_hours


def test_sql_and_plain_python_agree_on_random_rows(tmp_path: Path) -> None:
    chance = random.Random(11)
    pool = [_row(chance) for _ in range(250)]
    files = [[chance.choice(pool) for _ in range(200)] for _ in range(3)]
    paths = [write(tmp_path / f"{place}.csv", rows) for place, rows in enumerate(files)]
    cells, statuses, gpu_hours = _plainly(files)
    with got(*paths, zone="America/New_York", as_of=AS_OF, told={"team": Told(tags=["team"])}) as found:
        sums = "day, team, resource, gpu, sum(billed_usd), sum(effective_usd)"
        ours = {row[:4]: row[4:] for row in found.cells(sums, "true GROUP BY day, team, resource, gpu")}
        assert set(ours) == set(cells)
        for key, amounts in cells.items():
            # A cell's amount is rounded to nine places; several cells may make one of these sums.
            assert all(abs(a - b) < Decimal("1e-7") for a, b in zip(ours[key], amounts, strict=True)), key
        assert (found.read.kept, found.read.future) == (statuses["kept"], statuses["future"])
        assert reconciles(found.read)
        hours = dict(found.cells("team, sum(gpu_hours)", "gpu_hours IS NOT NULL GROUP BY team"))
        assert {team: round(value, 6) for team, value in hours.items()} == {
            team: round(value, 6) for team, value in gpu_hours.items()
        }
        # Rows by row: every one of 600 has gone somewhere, and the rejects are those that Python would refuse.
        refused = sum(
            row["ChargeCategory"] == "Wrong" or row["BillingCurrency"] == "XTS" for rows in files for row in rows
        )
        assert found.read.rejected == refused
        assert found.read.rows == 600
