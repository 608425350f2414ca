"""Models compared: by hand, and against plain Python on random tables."""

import datetime
from typing import Any

import numpy as np
import pytest

from planner.outcome.review.kpis import ModelSummary
from planner.spend.models.summaries import models_of
from planner.spend.months import Month
from tests.spend.made import charge, made

OCTOBER = Month(2026, 10)
Rows = list[dict[str, Any]]


def of(tables: dict[str, Rows], **others: Any) -> dict[str, ModelSummary]:
    with made(tables, **others) as store:
        found = models_of(store, OCTOBER)
    assert [model.total_usd for model in found] == sorted((model.total_usd for model in found), reverse=True)
    return {model.model: model for model in found}


TABLES: dict[str, Rows] = {
    "allocated": [
        charge("2026-10-01", 120.0, model="bot", team="b", run="r1"),
        charge("2026-10-02", 80.0, model="bot", team="a", run="r2"),
        charge("2026-10-02", 110.0, model="bot", team="b", meter="Input Tokens"),
        charge("2026-10-02", 5.0, model="bot", team="a", service="Support"),
        charge("2026-09-02", 93.0, model="bot", team="a", meter="Input Tokens"),
        charge("2026-10-09", 31.0, model="new", team="a", meter="Input Tokens"),
        charge("2026-10-09", 9.0, model="dark", service="Support"),
        charge("2026-10-09", 1e6),
    ],
    "runs": [
        {"run": "r1", "model": "bot", "day": "2026-10-01", "started": "2026-10-01 01:00:00", "status": "failed",
         "samples": 500, "epochs": 1, "metric": "f1", "value": 61.0, "higher_is_better": True},
        {"run": "r2", "model": "bot", "day": "2026-10-02", "started": "2026-10-02 01:00:00", "status": "ok",
         "samples": 1500, "epochs": 3, "metric": "f1", "value": 65.0, "higher_is_better": True},
        {"run": "r0", "model": "bot", "day": "2026-10-02", "started": "2026-10-02 00:00:00", "status": "running",
         "metric": "loss", "value": 2.0},
        {"run": "d1", "model": "dark", "day": "2026-10-02", "status": "ok", "samples": 5},
        {"run": "l1", "model": "logged", "day": "2026-10-02", "status": "ok", "samples": 5, "cost_usd": 2.0,
         "team": "c", "metric": "loss", "value": 1.5, "higher_is_better": False},
        {"run": "f1", "model": "free", "day": "2026-10-02", "status": "ok"},
    ],
    "usage": [{"model": "bot", "day": "2026-10-03", "requests": 2000, "input_tokens": 3e5, "output_tokens": 1e5},
              {"model": "new", "day": "2026-09-03", "requests": 2000}],
}  # fmt: skip


def test_by_hand() -> None:
    found = of(TABLES)
    assert list(found) == ["bot", "new", "dark", "logged"]
    bot = found["bot"]
    assert (bot.team, bot.training_usd, bot.serving_usd, bot.other_usd, bot.total_usd) == ("b", 200, 110, 5, 315)
    assert (bot.runs, bot.failed_runs, bot.before_usd) == (3, 1, 93)
    assert bot.per_day_usd == pytest.approx(315 / 31)
    assert (bot.cost_per_run_usd, bot.cost_per_sample_usd, bot.cost_per_epoch_usd) == (100, 0.1, 50)
    assert (bot.cost_per_1k_requests_usd, bot.cost_per_1k_tokens_usd) == (55, 0.275)
    assert (bot.best_metric, bot.best_value, bot.cost_per_point_usd) == ("f1", 65, 50)


def test_what_is_not_known_is_not_zero() -> None:
    found = of(TABLES)
    new, dark, logged = found["new"], found["dark"], found["logged"]
    # Nothing of it is training, and no run says otherwise; the month before had charges, of other models.
    assert (new.training_usd, new.serving_usd, new.before_usd) == (0, 31, 0)
    assert new.cost_per_1k_requests_usd is None
    # Rule 5 of `purpose`: runs know the model and nothing else does.
    assert (dark.training_usd, dark.cost_per_sample_usd) == (9, 1.8)
    assert (logged.training_usd, logged.serving_usd, logged.total_usd, logged.team) == (2, None, 2, "c")
    assert (logged.best_value, logged.cost_per_point_usd) == (1.5, None)
    served = {**TABLES, "usage": [*TABLES["usage"], {"model": "dark", "day": "2026-10-03", "requests": 1}]}
    dark = of(served)["dark"]
    assert (dark.training_usd, dark.serving_usd, dark.other_usd) == (None, None, 9)
    assert of({"allocated": TABLES["allocated"][:1]})["bot"].before_usd is None


def test_a_trend_is_of_weeks_since_the_first_charge() -> None:
    days = [datetime.date(2026, 11, 1) - datetime.timedelta(days=n) for n in range(105, 0, -1)]
    rows = [charge(day, 7.0, model="old") for day in days]
    rows += [charge(day, 1.0 + n // 7, model="new") for n, day in enumerate(days[-42:])]
    found = of({"allocated": rows})
    old, new = found["old"].trend, found["new"].trend
    assert old is not None
    assert new is not None
    assert (old.direction, old.weeks) == ("none", 15)
    assert (new.direction, new.weeks) == ("up", 6)


@pytest.mark.parametrize("seed", range(2))
def test_random_tables_agree_with_plain_python(seed: int) -> None:
    rng = np.random.default_rng(seed)
    models, kinds = ["m1", "m2", "m3", ""], [{"run": "r"}, {"meter": "Input Tokens"}, {"service": "Support"}]

    def day() -> str:
        return str(datetime.date(2026, 9, 1) + datetime.timedelta(days=int(rng.integers(0, 61))))

    charges = [charge(day(), float(rng.integers(-20, 300)), model=str(rng.choice(models)),
                      team=str(rng.choice(["a", "b"])), **kinds[rng.integers(3)]) for _ in range(300)]  # fmt: skip
    logs: Rows = [{"run": f"r{n}", "model": str(rng.choice(models)), "day": day(), "epochs": float(rng.integers(1, 9)),
                   "status": str(rng.choice(["ok", "failed"]))} for n in range(60)]  # fmt: skip
    # Every model is also served, so that charges without a sign stay other.
    usage: Rows = [{"model": model, "day": "2026-10-02", "requests": 10} for model in models]
    for name, got in of({"allocated": charges, "runs": logs, "usage": usage}).items():
        mine = [row for row in charges if row["model"] == name]
        now = [row for row in mine if row["day"] >= "2026-10"]
        parts = [sum(row["effective_usd"] for row in now if set(kind) <= set(row)) for kind in kinds]
        assert [got.training_usd, got.serving_usd, got.other_usd] == pytest.approx(parts)
        assert got.total_usd == pytest.approx(sum(parts))
        assert got.before_usd == pytest.approx(sum(row["effective_usd"] for row in mine if row["day"] < "2026-10"))
        teams = {team: sum(row["effective_usd"] for row in now if row["team"] == team) for team in ("a", "b")}
        assert got.team == max(teams, key=lambda team: (teams[team], team))
        runs = [row for row in logs if row["model"] == name and row["day"] >= "2026-10"]
        assert (got.runs, got.failed_runs) == (len(runs), sum(row["status"] == "failed" for row in runs))
        assert got.cost_per_epoch_usd == pytest.approx(parts[0] / sum(row["epochs"] for row in runs))
