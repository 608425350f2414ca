"""Month over month: by hand, against plain Python on random tables, and the four parts always make the change."""

import datetime
import math
from collections import defaultdict
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.outcome.review.kpis import MonthChange
from planner.spend.drivers.change import MOST, change_of
from planner.spend.drivers.effects import effects_of
from planner.spend.months import Month
from tests.spend.made import charge, made

OCTOBER = Month(2026, 10)
FOUR = ("price_usd", "volume_usd", "mix_usd", "other_usd")


def of(rows: list[dict[str, Any]], **others: Any) -> MonthChange | None:
    with made({"allocated": rows}, **others) as store:
        return change_of(store, OCTOBER)


def hours(day: str, usd: float, gpu: str, quantity: float | None, **others: Any) -> dict[str, Any]:
    return charge(day, usd, gpu=gpu, gpu_hours=quantity, team="a", service="EC2", **others)


def test_by_hand() -> None:
    # September: 100 h at 2 $ and 100 h at 4 $; October: 150 h at 2.2 $ and 250 h at 4 $.
    found = of([
        hours("2026-09-01", 200.0, "a100", 100), hours("2026-09-02", 400.0, "h100", 100),
        hours("2026-10-01", 330.0, "a100", 150), hours("2026-10-02", 1000.0, "h100", 250),
        hours("2026-10-03", 70.0, "b200", 10),
        hours("2026-09-03", 30.0, "v100", 10),
        hours("2026-10-04", -25.0, "h100", 5, category="Credit"),
        hours("2026-10-04", -5.0, "h100", -1, **{"class": "Correction"}),
    ])  # fmt: skip
    assert found is not None
    (driver,) = found.drivers
    assert driver.what == "a, EC2"
    assert (driver.before_usd, driver.after_usd) == (630, 1370)
    # Price: 150 x 0.2. Volume: (400 - 200) x 3. Mix: 150 x 2 + 250 x 4 - 400 x 3. Other: 70 - 30 - 25 - 5.
    assert [getattr(driver, name) for name in FOUR] == pytest.approx([30, 600, 100, 10])
    assert [getattr(found, name) for name in FOUR] == pytest.approx([30, 600, 100, 10])
    assert (found.before, found.after, found.before_usd, found.after_usd) == ("2026-09", "2026-10", 630, 1370)


def test_things_of_other_units_are_not_averaged() -> None:
    found = of([
        charge(f"2026-{m}-01", usd, team="a", service="AI", unit=unit, quantity=quantity, sku=unit)
        for m, usd, unit, quantity in (("09", 10, "Hours", 5), ("10", 20, "Hours", 10),
                                       ("09", 1, "Tokens", 1e6), ("10", 3, "Tokens", 3e6))
    ])  # fmt: skip
    assert found is not None
    assert [getattr(found, name) for name in FOUR] == pytest.approx([0, 12, 0, 0])


def test_without_a_quantity_all_is_other() -> None:
    found = of([charge("2026-09-01", 10.0), charge("2026-10-01", 4.0)])
    assert found is not None
    (driver,) = found.drivers
    assert driver.what == "unattributed, no service"
    assert [getattr(driver, name) for name in FOUR] == [None, None, None, -6.0]


def test_the_first_month_has_nothing_to_be_held_against() -> None:
    assert of([charge("2026-10-01", 4.0)]) is None
    assert of([]) is None
    found = of([charge("2026-09-01", 4.0)])
    assert found is not None
    assert (found.before_usd, found.after_usd, found.other_usd) == (4, 0, -4)


def test_a_part_of_a_month_is_held_against_as_many_days() -> None:
    rows = [charge(day, 1.0, quantity=1) for day in ("2026-09-03", "2026-09-04", "2026-09-30", "2026-10-03")]
    found = of(rows, as_of=datetime.date(2026, 10, 6))
    assert found is not None
    assert (found.before_usd, found.after_usd) == (1, 1)


def test_many_drivers_are_summed_up() -> None:
    rows = [charge(f"2026-{month}-01", float(n * (month == "10")), team=f"t{n:03d}", service="s")
            for n in range(MOST + 20) for month in ("09", "10")]  # fmt: skip
    found = of(rows)
    assert found is not None
    assert (found.drivers[0].what, found.drivers[-1].what) == (f"t{MOST + 19:03d}, s", "20 others")
    assert sum(driver.after_usd for driver in found.drivers) == found.after_usd == sum(range(MOST + 20))


AMOUNTS = st.one_of(st.just(math.nan), st.floats(-10, 1e9), st.floats(0, 1), st.integers(0, 5).map(float))
COSTS = st.floats(-1e5, 1e5)


@given(st.lists(st.tuples(st.integers(0, 3), AMOUNTS, COSTS, AMOUNTS, COSTS), max_size=30))
def test_the_four_make_the_change(items: list[tuple[int, float, float, float, float]]) -> None:
    columns = np.array(items, float).reshape(-1, 5).T
    found = effects_of(columns[0].astype(np.int64), 4, *columns[1:])
    for group in range(4):
        of_group = columns[0] == group
        change = columns[4][of_group].sum() - columns[2][of_group].sum()
        parts = [float(part[group]) for part in (found.price, found.volume, found.mix, found.other)]
        assert sum(parts) == pytest.approx(change, abs=1e-6)


@pytest.mark.parametrize("seed", range(2))
def test_random_tables_agree_with_plain_python(seed: int) -> None:
    rng = np.random.default_rng(seed)

    def pick(*values: str) -> str:
        return str(rng.choice(values))

    rows: list[dict[str, Any]] = [
        charge(str(datetime.date(2026, 9, 1) + datetime.timedelta(days=int(rng.integers(0, 61)))),
               float(rng.integers(-5, 200)), team=pick("a", "b"), service=pick("s1", "s2"), sku=pick("x", "y", "z"),
               unit=pick("Hours", "GB"), quantity=float(rng.integers(1, 20)) if rng.random() < 0.8 else None,
               category=pick("Usage", "Usage", "Usage", "Credit"))
        for _ in range(200)
    ]  # fmt: skip
    found = of(rows)
    assert found is not None
    expected: dict[str, dict[str, float]] = defaultdict(lambda: dict.fromkeys(FOUR, 0.0))
    items: dict[tuple[str, str], dict[str, list[float]]] = defaultdict(lambda: defaultdict(lambda: [0.0] * 4))
    for row in rows:
        what, after = f"{row['team']}, {row['service']}", row["day"] >= "2026-10"
        if row["category"] == "Usage" and row["quantity"] is not None:
            item = items[what, row["unit"]][row["sku"]]
            item[2 * after] += row["quantity"]
            item[2 * after + 1] += row["effective_usd"]
        else:
            expected[what]["other_usd"] += row["effective_usd"] if after else -row["effective_usd"]
    for (what, _), by_sku in items.items():
        both = [item for item in by_sku.values() if item[0] > 0 and item[2] > 0]
        expected[what]["other_usd"] += sum(item[3] - item[1] for item in by_sku.values() if item not in both)
        old, new, cost = (sum(item[place] for item in both) for place in (0, 2, 1))
        for q0, c0, q1, c1 in both:
            expected[what]["price_usd"] += (c1 / q1 - c0 / q0) * q1
            expected[what]["mix_usd"] += (c0 / q0 - cost / old) * q1
        expected[what]["volume_usd"] += (new - old) * cost / old if old else 0.0
    assert len(found.drivers) == len(expected)
    for driver in found.drivers:
        for name in FOUR:
            assert getattr(driver, name) == pytest.approx(expected[driver.what][name], abs=1e-6)
        assert sum(getattr(driver, name) for name in FOUR) == pytest.approx(driver.after_usd - driver.before_usd)
