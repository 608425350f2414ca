"""What managed services bill, against numbers worked out by hand."""

import math
from typing import Any

import numpy as np
import pytest

from planner.catalog.quoted import TuningPrice
from planner.estimate.managed_cost import charge_usd, job_usd

NAN = math.nan


def price(**changes: Any) -> TuningPrice:
    columns: dict[str, Any] = {
        "provider": "x", "offered": "m", "model": "m", "open_models": (), "above_params": NAN, "max_params": NAN,
        "aim": "sft", "method": "lora", "usd_per_mtok": 3.0, "usd_per_hour": NAN, "validation_billed": False,
        "minimum_usd": NAN, "storage_usd_per_month": NAN, "hosting_usd_per_hour": NAN, "input_usd_per_mtok": NAN,
        "output_usd_per_mtok": NAN, "cached_input_usd_per_mtok": NAN, "base_input_usd_per_mtok": NAN,
        "base_output_usd_per_mtok": NAN, "retired": False, "as_of": "2026", "confidence": "high", "source": "s",
        "notes": "",
    }  # fmt: skip
    return TuningPrice(**(columns | changes))


def test_a_job_log_of_fireworks() -> None:
    """13.5 M tokens at 3.00 were billed 40.59 USD (fine_tuning_prices.csv): the log rounds its tokens."""
    assert charge_usd(price(), np.array([13.5e6]))[0] == pytest.approx(40.59, rel=0.005)
    assert charge_usd(price(), np.array([13.53e6]))[0] == pytest.approx(40.59)


def test_a_minimum_counts_where_it_is_more() -> None:
    charges = charge_usd(price(usd_per_mtok=0.48, minimum_usd=4.0), np.array([1e6, 8_333_333.0, 10e6]))
    assert charges.tolist() == pytest.approx([4.0, 4.0, 4.8])


def test_hours_that_nobody_tells_have_no_cost_not_even_the_minimum() -> None:
    hourly = price(usd_per_mtok=NAN, usd_per_hour=45.0, minimum_usd=4.0)
    assert np.isnan(charge_usd(hourly, np.array([1e6]))[0])


def test_reruns_repeat_the_charge_and_not_the_storage() -> None:
    """10 M tokens at 1.00 = 10; two in ten are repeated: 12; one month of the model: 1.95."""
    job = price(usd_per_mtok=1.0, storage_usd_per_month=1.95)
    assert job_usd(job, np.array([10e6]), np.array([0.2]))[0] == pytest.approx(13.95)
    small = price(usd_per_mtok=1.0, minimum_usd=4.0)
    assert job_usd(small, np.array([1e6]), np.array([0.5]))[0] == pytest.approx(6.0)


@pytest.mark.parametrize(("confidence", "price_sd"), [("high", 0.02), ("medium", 0.10), ("low", 0.25)])
def test_quantiles_come_from_tokens_and_the_confidence_of_the_price(confidence: str, price_sd: float) -> None:
    job = price(confidence=confidence, usd_per_mtok=1.0)
    upper = charge_usd(job, np.array([10e6]), tokens_sd=0.15, z=1.6448536)[0]
    assert upper == pytest.approx(10 * math.exp(1.6448536 * math.hypot(0.15, price_sd)))


def test_fewer_tokens_do_not_undercut_the_minimum() -> None:
    job = price(usd_per_mtok=1.0, minimum_usd=4.0)
    low = charge_usd(job, np.array([4e6]), tokens_sd=0.15, z=-1.6448536)[0]
    assert low == pytest.approx(4.0 * math.exp(-1.6448536 * 0.02))
