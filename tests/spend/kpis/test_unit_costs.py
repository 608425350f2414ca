"""Unit costs: by hand, against plain Python on random tables, and what is not known."""

import datetime
from collections import defaultdict
from typing import Any

import numpy as np
import pytest

from planner.errors import InputError
from planner.outcome.review.kpis import UnitCost
from planner.scenario.spend_limits import Kpi
from planner.spend.kpis.unit_costs import DEFAULT, unit_costs_of
from planner.spend.months import Month
from tests.spend.made import charge, made

OCTOBER = Month(2026, 10)
Tables = dict[str, list[dict[str, Any]]]


def of(tables: Tables, *kpis: Kpi, **others: Any) -> list[UnitCost]:
    with made(tables, **others) as store:
        return unit_costs_of(store, kpis, OCTOBER)


def run(name: str, day: str, **others: Any) -> dict[str, Any]:
    return {"run": name, "day": day, "started": f"{day} 08:00:00", "status": "ok"} | others


TRAINING: Tables = {
    "allocated": [
        charge("2026-10-02", 60.0, run="a", model="m", gpu="h100-sxm", gpu_hours=20),
        charge("2026-10-03", 40.0, run="b", model="m", gpu="h100-sxm", gpu_hours=20),
        charge("2026-09-03", 50.0, run="z", model="m", gpu="h100-sxm", gpu_hours=25),
        charge("2026-10-03", 500.0, service="Database"),
        charge("2026-10-04", 7.0, model="served", meter="Input Tokens"),
    ],
    "runs": [
        run("a", "2026-10-02", model="m", samples=1000, epochs=2, metric="accuracy", value=0.70, higher_is_better=True),
        run("b", "2026-10-03", model="m", samples=3000, epochs=3, metric="accuracy", value=0.75, higher_is_better=True),
        run("z", "2026-09-03", model="m", samples=1000, epochs=2, metric="accuracy", value=0.6, higher_is_better=True),
    ],
}


def test_training_by_hand() -> None:
    found = of(TRAINING, *(Kpi(name=f"k{i}", per=per) for i, per in enumerate(
        ("sample", "epoch", "run", "accuracy_point", "gpu_hour"))))  # fmt: skip
    assert [(kpi.cost_usd, kpi.units) for kpi in found] == [
        (100, 4000), (100, 5), (100, 2), (100, pytest.approx(5.0)), (100, 40)
    ]  # fmt: skip
    assert [kpi.unit_cost_usd for kpi in found] == pytest.approx([0.025, 20, 50, 20, 2.5])
    assert [kpi.before_usd for kpi in found] == [0.05, 25, 50, None, 2.0]
    assert all(kpi.status == "no_target" and kpi.trend is None for kpi in found)


def test_serving_by_hand() -> None:
    tables: Tables = {
        "allocated": [
            charge("2026-10-02", 30.0, team="a", meter="Output Tokens"),
            charge("2026-10-05", 10.0, team="b", meter="Output Tokens"),
            charge("2026-10-05", -4.0, team="b", meter="Output Tokens", category="Credit"),
        ],
        "usage": [
            {"day": "2026-10-02", "team": "a", "requests": 100, "input_tokens": 4000, "output_tokens": 1000},
            {"day": "2026-10-05", "team": "b", "requests": 50, "input_tokens": 1000},
            {"day": "2026-10-05", "team": "b", "requests": 50},
            {"day": "2026-11-01", "team": "b", "requests": 1e6},
        ],
        "users": [
            {"month": "2026-10-01", "users": 9, "actions": 18} | dict.fromkeys(
                ("team", "project", "model", "tenant", "feature")),
            {"month": "2026-10-01", "users": 6, "actions": 8, "team": "a", "model": "x"},
            {"month": "2026-10-01", "users": 5, "actions": 4, "team": "a", "model": "y"},
            {"month": "2026-10-01", "users": 4, "actions": 6, "team": "b", "model": "y"},
        ],
    }  # fmt: skip
    found = {
        (kpi.per, kpi.where): kpi
        for kpi in of(
            tables,
            Kpi(name="r", per="request", target=0.10),
            Kpi(name="t", per="1k_tokens", target=4.0, warn=7.0),
            Kpi(name="ta", per="1k_tokens", where={"team": "A"}, target=6.0),
            Kpi(name="u", per="user"),
            Kpi(name="ua", per="user", where={"team": "a"}),
            Kpi(name="ub", per="user_action", where={"team": "b"}, warn=1.0),
        )
    }
    assert found["request", ""].unit_cost_usd == pytest.approx(36 / 200)
    assert found["request", ""].status == "over"
    assert found["1k_tokens", ""].unit_cost_usd == pytest.approx(36 / 6)
    assert found["1k_tokens", ""].status == "warning"
    assert found["1k_tokens", ""].note == "25% of the requests do not say their tokens"
    assert found["1k_tokens", "team A"].unit_cost_usd == pytest.approx(30 / 5)
    assert found["1k_tokens", "team A"].status == "ok"
    assert found["user", ""].unit_cost_usd == pytest.approx(36 / 9)
    assert found["user", "team a"].units == 11
    assert "added up over 2 groups" in found["user", "team a"].note
    assert found["user_action", "team b"].unit_cost_usd == pytest.approx(6 / 6)
    assert found["user_action", "team b"].status == "warning"


def test_what_is_not_known_says_why() -> None:
    for kpi in of({}):
        assert (kpi.cost_usd, kpi.units, kpi.unit_cost_usd, kpi.before_usd, kpi.status) == (
            None, None, None, None, "unknown"
        )  # fmt: skip
        assert kpi.note
    assert [kpi.per for kpi in of({})] == [kpi.per for kpi in DEFAULT]
    (by_region,) = of(TRAINING, Kpi(name="k", per="request", where={"region": "*"}))
    assert by_region.units is None
    assert "do not tell region" in by_region.note
    with pytest.raises(InputError, match="modle is neither"):
        of(TRAINING, Kpi(name="k", per="sample", where={"modle": "x"}))
    with pytest.raises(InputError, match="day is neither"):
        of(TRAINING, Kpi(name="k", per="sample", where={"day": "x"}))


def test_runs_without_samples_count_on_neither_side() -> None:
    silent = {**TRAINING, "runs": [*TRAINING["runs"], run("c", "2026-10-09", model="m", cost_usd=20.0)]}
    (kpi,) = of(silent, Kpi(name="k", per="sample"))
    assert (kpi.cost_usd, kpi.units) == (80, 4000)
    assert kpi.note == "1 runs do not say their samples; neither they nor their cost count"
    silent["runs"][-1]["cost_usd"] = None
    (kpi,) = of(silent, Kpi(name="k", per="sample", target=1.0))
    assert (kpi.cost_usd, kpi.unit_cost_usd, kpi.status) == (None, None, "unknown")
    # A run that failed gave nothing; what it cost is a cost of the samples of the others.
    silent["runs"][-1]["status"] = "failed"
    (kpi,) = of(silent, Kpi(name="k", per="sample"))
    assert (kpi.cost_usd, kpi.units) == (100, 4000)


def test_without_a_bill_the_logs_say_what_it_cost() -> None:
    (kpi,) = of({"runs": [run("a", "2026-10-02", samples=100, cost_usd=5.0)]}, Kpi(name="k", per="sample"))
    assert kpi.unit_cost_usd == 0.05
    assert kpi.note == "no charge that fits is for training; the cost is what runs log"


def test_requests_may_be_known_of_deployments_only() -> None:
    tables: Tables = {
        "allocated": [charge("2026-10-02", 30.0, resource="bot")],
        "deployments": [
            {"deployment": "bot", "requests": 600, "started": "2026-10-01", "ended": "2026-11-01"},
            {"deployment": "bot", "requests": 9999, "started": "2026-09-01", "ended": "2026-10-02"},
        ],
    }
    (kpi,) = of(tables, Kpi(name="k", per="request"))
    assert (kpi.unit_cost_usd, kpi.note) == (0.05, "requests as the deployments say")


def test_a_part_of_a_month_is_compared_with_as_many_days() -> None:
    tables: Tables = {
        "allocated": [charge(f"2026-{m:02d}-{d:02d}", usd, gpu_hours=1, gpu="h100-sxm")
                      for m, d, usd in ((9, 2, 3.0), (9, 20, 99.0), (10, 1, 4.0), (10, 8, 6.0))],
        "users": [{"month": f"2026-{m:02d}-01", "users": 2} | dict.fromkeys(
            ("team", "project", "model", "tenant", "feature")) for m in (9, 10)],
    }  # fmt: skip
    hour, user = of(tables, Kpi(name="k", per="gpu_hour"), Kpi(name="u", per="user"), as_of=datetime.date(2026, 10, 12))
    assert (hour.unit_cost_usd, hour.before_usd) == (5.0, 3.0)
    assert user.before_usd is None
    assert "not over" in user.note


def test_a_trend_is_of_whole_weeks() -> None:
    # Ten weeks; weekends cost next to nothing, and every week is 5 % dearer.
    end = datetime.date(2026, 11, 1)
    days = [end - datetime.timedelta(days=n) for n in range(70, 0, -1)]
    usd = [(1.0 if day.weekday() > 4 else 100.0) * 1.05 ** (n // 7) for n, day in enumerate(days)]
    tables: Tables = {
        "allocated": [charge(day, amount, meter="Input Tokens") for day, amount in zip(days, usd, strict=True)],
        "usage": [{"day": day, "requests": 10} for day in days],
    }
    (kpi,) = of(tables, Kpi(name="k", per="request"))
    assert kpi.trend is not None
    assert (kpi.trend.direction, kpi.trend.weeks) == ("up", 10)
    assert kpi.trend.p_value == pytest.approx(2 / 3628800)
    assert kpi.trend.per_week == pytest.approx(0.05, abs=0.01)


@pytest.mark.parametrize("seed", range(3))
def test_random_tables_agree_with_plain_python(seed: int) -> None:
    rng = np.random.default_rng(seed)
    teams, kinds = ["a", "b", ""], [{"run": "r"}, {"meter": "Input Tokens"}, {}]

    def day() -> str:
        return str(datetime.date(2026, 8, 1) + datetime.timedelta(days=int(rng.integers(0, 92))))

    charges = [
        charge(day(), float(rng.integers(-20, 300)), team=str(rng.choice(teams)), gpu="h100-sxm",
               gpu_hours=float(rng.integers(1, 9)) if rng.random() < 0.5 else None,
               category=str(rng.choice(["Usage", "Credit"], p=[0.9, 0.1])), **kinds[rng.integers(3)])
        for _ in range(300)
    ]  # fmt: skip
    runs = [run(f"r{n}", day(), team=str(rng.choice(teams)), samples=float(rng.integers(10, 99))) for n in range(60)]
    usage: list[dict[str, Any]] = [
        {"day": day(), "team": str(rng.choice(teams)), "requests": float(rng.integers(1, 50))} for _ in range(150)
    ]
    kpis = [Kpi(name=f"{per}-{i}".replace("_", "-"), per=per, where=where)
            for per in ("request", "sample", "run", "gpu_hour")
            for i, where in enumerate((None, {"team": "a"}))]  # fmt: skip
    found = of({"allocated": charges, "runs": runs, "usage": usage}, *kpis)

    def fits(row: dict[str, Any], kpi: Kpi, month: str) -> bool:
        return str(row["day"]).startswith(month) and bool(kpi.where is None or row["team"] == "a")

    for kpi, got in zip(kpis, found, strict=True):
        for month, value in (("2026-10", got.unit_cost_usd), ("2026-09", got.before_usd)):
            sums: dict[str, float] = defaultdict(float)
            for row in (row for row in charges if fits(row, kpi, month)):
                kind = "sample" if row.get("run") else "request" if row.get("meter") else "other"
                sums[kind] += row["effective_usd"]
                if row["gpu_hours"] is not None and row["category"] == "Usage":
                    sums["gpu"] += row["effective_usd"]
                    sums["hours"] += row["gpu_hours"]
            counted = {
                "request": sum(row["requests"] for row in usage if fits(row, kpi, month)),
                "sample": sum(row["samples"] for row in runs if fits(row, kpi, month)),
                "run": sum(1 for row in runs if fits(row, kpi, month)),
                "gpu_hour": sums["hours"],
            }[kpi.per]
            cost = {"request": sums["request"], "gpu_hour": sums["gpu"]}.get(kpi.per, sums["sample"])
            assert value == pytest.approx(cost / counted)
