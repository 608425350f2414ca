"""Past runs on demand, priced on spot by hand."""

import math

import numpy as np
import pytest

from planner.spend.advice.own_rates import Rate, own_rates
from planner.spend.advice.past_runs import past_runs
from planner.spend.advice.spot import SpotTerms, find, on_spot, spot_terms
from tests.spend.advice.past import a_run, blank, history, hourly

GCP = {"provider": "gcp", "gpu": "h100-sxm", "region": "us-central1", "gpu_count": 8.0}


def test_hand_computed_expectation() -> None:
    # 0.1 preemptions an hour, 5 minutes to restart, the best interval 0.56629 h: 10.68899 billed hours for 10 (T-5.3).
    terms = SpotTerms(1.2, 0.1, 10 / 60, 5 / 60, "", "high")
    one = on_spot(10.0, 1.0, terms)
    assert one.billed_hours == pytest.approx(10.68899, abs=1e-4)
    assert one.wall_hours == pytest.approx(10.68899 * (1 + 0.1 * 10 / 60), abs=1e-4)
    assert one.cost_usd == pytest.approx(10.68899 * 1.2, abs=1e-3)
    # Sixteen cards are two machines: sqrt(2) as many preemptions, sixteen times the price.
    two = on_spot(10.0, 16.0, terms)
    assert two.billed_hours == pytest.approx(
        on_spot(10.0, 1.0, SpotTerms(1.2, 0.1 * math.sqrt(2), 0, 5 / 60, "", "high")).billed_hours
    )
    assert two.cost_usd == pytest.approx(16 * 1.2 * two.billed_hours)


def test_runs_on_demand_are_priced_at_the_catalogs_spot() -> None:
    runs = [a_run(k, 60 - 10 * k, 10.0, 1000.0, **GCP) for k in range(4)]
    with blank({"runs": runs}) as store:
        past = history(store)
        (found,) = find(past)
        terms = spot_terms(past, ("gcp", "h100-sxm"), "us-central1", [], {})
    assert terms is not None
    each = on_spot(10.0, 8.0, terms)
    assert found.saving_usd == pytest.approx(4 * (1000.0 - each.cost_usd))
    assert found.hours_saved == pytest.approx(-4 * (each.wall_hours - 10.0))
    assert found.about == "h100-sxm at gcp"
    assert found.at_most == "medium"


def test_ones_own_spot_hours_come_first() -> None:
    runs = [a_run(1, 20, 10.0, 1000.0, **GCP)]
    spot = [a_run(k, 30 - k, 20.0, 100.0, **GCP | {"tier": "spot", "status": s})
            for k, s in enumerate(("ok", "preempted"), 10)]  # fmt: skip
    with blank({"runs": [*runs, *spot]}) as store:
        hourly(store, "8", 2.5, 30, provider="gcp", pricing_category="Dynamic")
        past = history(store)
        mine = [run for run in past_runs(past, 365) if run.tier == "spot"]
        terms = spot_terms(past, ("gcp", "h100-sxm"), "us-central1", mine, own_rates(past, 365))
        fresh = spot_terms(past, ("gcp", "h100-sxm"), "us-central1", [], {})
    assert terms is not None
    assert fresh is not None
    assert terms.usd_per_gpu_hour == 2.5
    assert terms.at_most == "high"
    # One preemption in 40 hours is laid on the catalog's prior: Gamma(a + 1, b + 40).
    offers = past.catalog.offers
    mine = (offers.tier == "spot") & (offers.region == "us-central1")
    mine &= (offers.provider == offers.providers.index("gcp")) & (offers.gpu_count == 8)
    mine &= np.array([past.catalog.gpus[gpu].id == "h100-sxm" for gpu in offers.gpu.tolist()])
    cv = float(offers.preemption_cv[mine][0])
    shape = cv**-2 if math.isfinite(cv) else 2.0
    assert fresh.preemption_per_hour == pytest.approx(float(offers.preemption_per_hour[mine][0]))
    assert terms.preemption_per_hour == pytest.approx((shape + 1) / (shape / fresh.preemption_per_hour + 40))


def test_where_the_price_comes_from_is_how_sure_it_is() -> None:
    with blank() as store:
        past = history(store)
        aws = spot_terms(past, ("aws", "h100-sxm"), "us-east-1", [], {})
        assert aws is not None
        assert (aws.at_most, aws.says) == ("low", "from an average saving, not a list")
        assert spot_terms(past, ("azure", "h100-sxm"), "eastus", [], {}) is None  # no price is known there
        own = {("azure", "h100-sxm", "spot"): Rate(100.0, 2.0, math.nan)}
        azure = spot_terms(past, ("azure", "h100-sxm"), "eastus", [], own)
    assert azure is not None
    assert (azure.usd_per_gpu_hour, azure.wait_hours, azure.at_most) == (2.0, 1.0, "medium")


@pytest.mark.parametrize(
    "changed",
    [
        {"tier": "spot"}, {"tier": ""}, {"status": "failed"}, {"provider": "lambda"}, {"gpu": "h100"},
        {"cost_usd": 50.0},  # cheaper than any spot machine
        {"cost_usd": None}, {"provider": ""},
    ],
)  # fmt: skip
def test_absent(changed: dict[str, object]) -> None:
    with blank({"runs": [a_run(1, 20, 10.0, 1000.0, **GCP) | changed]}) as store:
        assert list(find(history(store))) == []
