"""What is odd, told once and explained."""

import datetime

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.catalog.rows import Floats
from planner.errors import InputError
from planner.outcome.review.oddities import Anomaly
from planner.scenario.spend_limits import Anomalies
from planner.spend.anomalies.anomalies import anomalies_of, threshold_of
from planner.spend.anomalies.cube import cube
from planner.spend.months import Month
from tests.spend.anomalies.year import DAYS, day, year
from tests.spend.made import charge, made

OCTOBER = Month(2026, 10)
T = np.arange(DAYS)


def usual(seed: int, usd: float = 100.0) -> Floats:
    noise = np.random.default_rng(seed).lognormal(0.0, 0.08, DAYS)
    return np.asarray(usd * noise * np.where(T % 7 > 4, 0.6, 1.0), np.float64)


def two_teams() -> dict[tuple[str, ...], Floats]:
    return {
        ("research", "training", "m1", "", ""): usual(1),
        ("research", "serving", "m2", "", ""): usual(2),
        ("product", "serving", "m3", "acme", ""): usual(3),
        ("product", "serving", "m3", "globex", ""): usual(4),
        ("product", "serving", "m3", "hooli", ""): usual(5),
    }


def told(series: dict[tuple[str, ...], Floats], asked: Anomalies | None = None) -> list[Anomaly]:
    with year(series) as store:
        return anomalies_of(store, asked or Anomalies(), OCTOBER)


def test_a_spike_is_told_once_with_what_made_it() -> None:
    series = two_teams()
    series["research", "training", "m1", "", "rsch-0412"] = np.where(T == 347, 250.0, 0.0)
    (one,) = told(series)
    assert (one.kind, one.first_day, one.last_day, one.in_month) == ("spike", "2026-10-14", "2026-10-14", True)
    assert one.series == {"team": "research", "service": "training", "model": "m1"}
    assert one.ratio == pytest.approx(3.5, abs=0.3)
    assert one.actual_usd - one.expected_usd == pytest.approx(250.0, abs=25.0)
    assert one.score > 10.0
    assert "times the usual on 14 October 2026" in one.text
    assert one.text.endswith("from run rsch-0412")
    assert one.causes[0].startswith("run rsch-0412: $250 more")


def test_a_drop_of_days_is_one_and_an_old_one_is_not_of_the_month() -> None:
    series = two_teams()
    series["product", "serving", "m3", "acme", ""][200:204] *= 0.1
    (one,) = told(series)
    assert (one.kind, one.first_day, one.last_day) == ("drop", str(day(200)), str(day(203)))
    assert one.series["tenant"] == "acme"
    assert not one.in_month


def test_two_teams_on_the_same_day_are_two() -> None:
    series = two_teams()
    series["research", "serving", "m2", "", ""][300] += 400.0
    series["product", "serving", "m3", "acme", ""][300] += 400.0
    found = told(series)
    assert len(found) == 2
    assert {"m2", "acme"} == {one.series.get("tenant") or one.series.get("model") for one in found}


def test_what_hits_all_is_told_of_the_total() -> None:
    series: dict[tuple[str, ...], Floats] = {(f"t{n}", f"service {n % 4}", f"m{n}", "", ""): usual(n) for n in range(8)}
    for values in series.values():
        values[310] *= 3.0
    (one,) = told(series)
    assert one.series == {}
    assert one.text.startswith("all spend")


def test_a_level_is_told_once_not_every_day() -> None:
    series = two_teams()
    series["research", "serving", "m2", "", ""][250:] *= 2.0
    (one,) = told(series)
    assert one.kind == "level"
    assert abs((datetime.date.fromisoformat(one.first_day) - day(250)).days) <= 1
    assert one.last_day == str(day(DAYS - 1))
    assert one.ratio == pytest.approx(2.0, abs=0.15)


def test_a_new_model_and_one_that_ends_are_levels() -> None:
    series = two_teams()
    series["product", "serving", "m4", "umbrella", ""] = np.where(T >= 120, usual(11, 150.0), 0.0)
    series["research", "training", "m1", "", ""] *= T < 280
    found = told(series)
    assert [(one.kind, one.first_day) for one in found] == [("level", str(day(280))), ("level", str(day(120)))]
    assert "ended; nothing since 8 August 2026" in found[0].text
    assert "new since 1 March 2026" in found[1].text
    assert found[1].ratio is None


def test_one_tenant_that_slowly_takes_more_is_a_leak() -> None:
    series = two_teams()
    series["product", "serving", "m3", "globex", ""] *= np.exp(np.maximum(T - 220, 0) * 0.008)
    (one,) = told(series)
    assert one.kind == "leak"
    assert one.series["tenant"] == "globex"
    assert abs((datetime.date.fromisoformat(one.first_day) - day(220)).days) <= 28
    assert "unlike its peers" in one.text


def test_growth_that_all_share_is_no_leak() -> None:
    series = {key: values * np.exp(0.004 * T) for key, values in two_teams().items()}
    assert told(series) == []


def test_credits_and_corrections_are_no_drops() -> None:
    rows = [charge(day(at), round(float(usual(1)[at]), 2), team="a", source="bill") for at in range(120)]
    refunds = [
        charge(day(60), -900.0, team="a", source="bill", category="Credit"),
        charge(day(80), -900.0, team="a", source="bill", **{"class": "Correction"}),
    ]
    with made({"allocated": rows + refunds}, as_of=day(120)) as store:
        assert anomalies_of(store, Anomalies(), OCTOBER) == []


def test_a_day_that_the_bill_has_nothing_for_is_a_gap_and_no_drop() -> None:
    with year(two_teams(), missing=(100, 250, 251, DAYS - 1)) as store:
        assert anomalies_of(store, Anomalies(), OCTOBER) == []


def test_what_is_small_is_not_told() -> None:
    series = two_teams()
    series["research", "serving", "m2", "", ""][300] += 80.0
    assert told(series, Anomalies(least=100.0)) == []
    assert told(series, Anomalies(least_ratio=2.0)) == []
    assert len(told(series, Anomalies(least=60.0, least_ratio=0.5))) == 1


@given(st.floats(5.0, 5000.0), st.integers(10, 100))
@settings(max_examples=3)
def test_a_constant_series_has_none(usd: float, days: int) -> None:
    rows = [charge(day(at), round(usd, 2), team="a", service="s") for at in range(days)]
    with made({"allocated": rows}, as_of=day(days)) as store:
        assert anomalies_of(store, Anomalies(), OCTOBER) == []


def test_a_currency_changes_none() -> None:
    series = two_teams()
    series["research", "serving", "m2", "", ""][300] += 400.0
    series["product", "serving", "m3", "acme", ""][250:] *= 2.0
    own = told(series)
    yen = told({key: 150.0 * values for key, values in series.items()}, Anomalies(least=1500.0))
    assert [(one.series, one.kind, one.first_day, one.last_day) for one in yen] == [
        (one.series, one.kind, one.first_day, one.last_day) for one in own
    ]
    assert [one.score for one in yen] == pytest.approx([one.score for one in own], abs=0.02)
    assert len(own) == 2


def test_more_series_are_held_to_more() -> None:
    assert threshold_of(3.5, 1).burst == pytest.approx(3.5)
    # 1 - Phi(3.5) = 2.3263e-4; a fortieth of it is 5.816e-6, which is 1 - Phi(4.3844).
    assert threshold_of(3.5, 40).burst == pytest.approx(4.3844, abs=1e-3)
    assert threshold_of(3.5, 40).day == pytest.approx(threshold_of(3.5, 480).burst)
    assert threshold_of(20.0, 10**6).burst > 20.0


def test_columns_that_there_are_not_are_named() -> None:
    with made({"allocated": [charge("2026-10-01", 1.0)]}) as store:
        with pytest.raises(InputError, match="squad is neither a dimension"):
            anomalies_of(store, Anomalies(by=["squad"]), OCTOBER)
        assert anomalies_of(store, Anomalies(), OCTOBER) == []
    with made() as store:
        assert anomalies_of(store, Anomalies(), OCTOBER) == []


def test_beyond_the_dearest_cells_spend_stays_in_the_totals(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("planner.spend.anomalies.cube.MOST_CELLS", 2)
    rows = [
        charge(day(at), float(10 - number), team="a", service="s", tenant=f"t{number}", source="bill")
        for at in range(3)
        for number in range(5)
    ]
    with made({"allocated": rows}, as_of=day(3)) as store:
        seen = cube(store, ["team", "service"])
    by_key = {one.key: one.values.tolist() for one in seen.candidates}
    assert by_key[()] == [40.0] * 3
    assert by_key[("team", "a"),] == [40.0] * 3
    assert by_key[("tenant", "t0"),] == [10.0] * 3
    assert (("tenant", "t3"),) not in by_key
    assert len(seen.values) == 3


def test_any_column_of_the_bill_can_be_looked_at() -> None:
    rows = [charge(day(at), 700.0 if at == 30 else 100.0, source="cloud", gpu="H100") for at in range(40)]
    with made({"allocated": rows}, as_of=day(40)) as store:
        (one,) = anomalies_of(store, Anomalies(by=["source", "gpu"]), OCTOBER)
    assert one.series == {"source": "cloud", "gpu": "H100"}
    assert one.text.startswith("source cloud, gpu H100 was 7.0 times the usual on 1 December 2025")
