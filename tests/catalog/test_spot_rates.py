"""spot_rates.csv: what is read, what is refused, and which row counts for an offer."""

import math
import shutil
from pathlib import Path

import numpy as np
import pytest

from planner.catalog.loader import load_catalog
from planner.catalog.preemption import WAIT_HOURS, SpotRate
from planner.catalog.spot_rates import NO_RATE, with_spot_rates
from planner.errors import PlannerError
from planner.resources import CATALOG_DATA
from planner.units import Z90
from tests.benchmarks import replay

CATALOG = load_catalog()
FILE = "spot_rates.csv"


def row_of(**words: str | int) -> SpotRate:
    (found,) = [rate for rate in CATALOG.spot_rates if all(getattr(rate, name) == word for name, word in words.items())]
    return found


@pytest.mark.parametrize("region", ["us-east-1", "us-east-2", "us-west-2"])
def test_the_measured_rates_are_those_of_the_traces(region: str) -> None:
    """Pooled over the zones of a region: losses per available hour, mean wait, share of the time."""
    traces = [trace for zone, trace in replay.read().items() if zone.startswith(region)]
    seen = np.array([trace.history(trace.length) for trace in traces])
    rate = row_of(region=region)
    assert rate.per_hour == pytest.approx(seen[:, 0].sum() / seen[:, 1].sum(), rel=0.005)
    waits = np.concatenate([trace.begins[1:] - trace.ends[:-1] for trace in traces])
    assert rate.wait_hours == pytest.approx(waits.mean(), rel=0.005)
    assert rate.availability == pytest.approx(
        np.mean([h / t.length for h, t in zip(seen[:, 1], traces, strict=True)]), abs=0.001
    )


def test_the_band_of_a_region_is_the_spread_of_zones_within_one() -> None:
    by_region: dict[str, list[float]] = {}
    for zone, trace in replay.read().items():
        by_region.setdefault(zone[:-1], []).append(math.log(trace.rate))
    within = sum(sum((rate - np.mean(rates)) ** 2 for rate in rates) for rates in by_region.values())
    factor = math.exp(Z90 * math.sqrt(within / sum(len(rates) - 1 for rates in by_region.values())))
    for region in by_region:
        rate = row_of(region=region)
        assert rate.high / rate.per_hour == pytest.approx(factor, rel=0.02)
        assert rate.per_hour / rate.low == pytest.approx(factor, rel=0.02)


@pytest.mark.parametrize(
    ("gpu", "low", "high"), [("a100-40gb-sxm", 0.05, 0.10), ("h100-sxm", 0.10, 0.20), ("l4", 0.025, 0.10)]
)
def test_advisor_bands_are_turned_into_rates_over_a_life(gpu: str, low: float, high: float) -> None:
    """-ln(1-p)/life, life from 1 to 24 h; mean of a lognormal between the ends."""
    rate = row_of(gpu=gpu)
    least, most = -math.log1p(-low) / 24.0, -math.log1p(-high)
    sd = math.log(most / least) / (2.0 * Z90)
    assert rate.low == pytest.approx(least, rel=0.01)
    assert rate.high == pytest.approx(most, rel=0.01)
    assert rate.per_hour == pytest.approx(math.sqrt(least * most) * math.exp(sd**2 / 2.0), rel=0.01)
    assert rate.confidence == "low"


def test_the_gamma_of_a_row_has_its_mean_and_variation() -> None:
    rate = row_of(gpu="h100-sxm")
    shape, hours = rate.gamma
    assert shape / hours == pytest.approx(rate.per_hour)
    assert shape**-0.5 == pytest.approx(rate.cv)


def test_the_narrowest_row_counts() -> None:
    def rate(per_hour: float, **where: str | float) -> SpotRate:
        nowhere = {"region": "", "gpu": "", "gpu_count": 0, "wait_hours": math.nan, "availability": 0.7}
        words = {"provider": "gcp", "confidence": "low", "as_of": "2026", "source": "test"} | nowhere | where
        return SpotRate(low=per_hour / 2, per_hour=per_hour, high=per_hour * 2, **words)  # type: ignore[arg-type]

    rates = (
        rate(1.0, gpu="l4", region="us-central1"), rate(2.0), rate(3.0, gpu="l4"), rate(4.0, region="us-central1"),
        rate(5.0, gpu="l4", gpu_count=8, wait_hours=3.0),
    )  # fmt: skip
    offers = with_spot_rates(CATALOG.offers, rates, CATALOG.gpus)
    mine = np.array(offers.providers)[offers.provider] == "gcp"
    l4 = np.array([gpu.id for gpu in CATALOG.gpus])[offers.gpu] == "l4"
    here, eight = offers.region == "us-central1", offers.gpu_count == 8
    expected = np.select([l4 & here, l4 & eight, l4, here], [1.0, 5.0, 3.0, 4.0], 2.0)
    assert (offers.preemption_per_hour[mine] == expected[mine]).all()
    assert set(expected[mine]) == {1.0, 2.0, 3.0, 4.0, 5.0}
    assert (offers.wait_hours[mine & l4 & eight & ~here] == 3.0).all()
    assert (offers.availability[mine & offers.spot] == 0.7).all()


def test_offers_without_a_row_keep_the_prior() -> None:
    offers = CATALOG.offers
    none = offers.spot_rate == NO_RATE
    assert none.any()
    assert np.isnan(offers.preemption_cv[none]).all()
    assert (offers.wait_hours[none] == WAIT_HOURS).all()
    assert (np.array(offers.providers)[offers.provider[~none]] == "aws").all()


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("aws,us-east-2,", "awz,us-east-2,", "provider 'awz' is not one of"),
        (",v100-16gb-sxm,8,", ",v100-16gb-sxm,lots,", "gpu_count 'lots' is neither any nor a number of cards"),
        ("0.106,0.203,0.386", "0.386,0.203,0.106", "preemption_per_hour must lie between its low and its high"),
        ("0.106,0.203,0.386", "0.106,,0.386", "preemption_per_hour is blank"),
        ("0.106,0.203,0.386", "-1,0.203,0.386", "preemption_per_hour_low '-1' is less than 1e-06 or infinite"),
        ("1.87,0.721", "1.87,72.1", "availability '72.1' is more than 1"),
        ("aws,us-east-2,", "aws,us-east-1,", "aws us-east-1 v100-16gb-sxm 1 is given twice"),
        ("0.721,medium,2023-02", "0.721,medium,last year", "as_of 'last year' is not a date"),
    ],
)
def test_what_is_wrong_is_told_by_line(tmp_path: Path, old: str, new: str, message: str) -> None:
    home = Path(shutil.copytree(CATALOG_DATA, tmp_path / "data"))
    text = (home / FILE).read_text("utf-8")
    assert text.count(old) == 1
    (home / FILE).write_text(text.replace(old, new), "utf-8")
    with pytest.raises(PlannerError) as told:
        load_catalog(directory=home)
    assert any(line.startswith(f"{FILE}:") and message in line for line in str(told.value).splitlines())
