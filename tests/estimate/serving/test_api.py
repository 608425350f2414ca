"""What a model behind an API costs: DOMAIN 9.4 and hand-computed sums."""

from dataclasses import replace

import numpy as np
import pytest

from planner.catalog.apis import find_apis
from planner.catalog.loader import load_catalog
from planner.estimate.serving.api import Usage, api_prices, month_usd, request_usd, tuned_prices
from planner.units import HOURS_PER_MONTH

CATALOG = load_catalog()
NAMES = ("anthropic/claude-opus-4-6", "openai/gpt-4.1-mini", "cohere/command-r-08-2024")
PRICES = api_prices([find_apis(CATALOG, name)[0] for name in NAMES])
"""5, 0.5, 6.25 | 25 with batches at half; 0.4, 0.1, 0.4 | 1.6 with batches at half; 0.15 | 0.6 and nothing else."""


def test_plain_requests_cost_input_and_output() -> None:
    cost = request_usd(PRICES, Usage(1000.0, 200.0))
    assert cost == pytest.approx([0.005 + 0.005, 0.0004 + 0.00032, 0.00015 + 0.00012])
    assert month_usd(PRICES, cost, 100_000.0) == pytest.approx(1e5 * cost)


def test_hits_and_writes_are_billed_at_their_own_prices() -> None:
    cost = request_usd(PRICES, Usage(1000.0, 0.0, hit=0.8, written_tokens=500.0))
    assert cost[0] == pytest.approx((200 * 5 + 800 * 0.5 + 500 * 6.25) / 1e6)
    assert cost[1] == pytest.approx((200 * 0.4 + 800 * 0.1 + 500 * 0.4) / 1e6)


def test_without_a_cached_price_a_hit_saves_nothing() -> None:
    assert not PRICES.caches[2]
    hit, plain = (request_usd(PRICES, Usage(1000.0, 0.0, hit=share))[2] for share in (0.8, 0.0))
    assert hit == plain
    assert request_usd(PRICES, Usage(600.0, 0.0, written_tokens=400.0))[2] == pytest.approx(plain)


def test_batches_at_their_price_and_unknown_where_none_is_listed() -> None:
    usage = Usage(1000.0, 200.0)
    whole, half = (request_usd(PRICES, usage, batch_share=share) for share in (1.0, 0.5))
    assert whole[:2] == pytest.approx(0.5 * request_usd(PRICES, usage)[:2])
    assert half[:2] == pytest.approx(0.75 * request_usd(PRICES, usage)[:2])
    assert np.isnan(whole[2])
    assert PRICES.has_batch.tolist() == [True, True, False]
    assert np.isfinite(request_usd(PRICES, usage)).all()


def test_columns_of_usage_broadcast_against_models() -> None:
    grid = request_usd(PRICES, Usage(np.array([[1000.0], [2000.0]]), 100.0))
    assert grid.shape == (2, 3)
    assert grid[1, 1] == pytest.approx((2000 * 0.4 + 100 * 1.6) / 1e6)


def test_caching_pays_from_the_second_use_and_for_an_hour_from_the_third() -> None:
    """DOMAIN 9.4: 1.25 + 0.1(k-1) < k from k = 2 on, and with writes at twice the price from k = 3."""
    opus = find_apis(CATALOG, NAMES[0])
    for prices, pays in ((api_prices(opus), 2), (api_prices(opus, long_life=True), 3)):
        write, read, plain = (
            request_usd(prices, usage)[0]
            for usage in (Usage(0.0, 0.0, written_tokens=1e3), Usage(1e3, 0.0, hit=1.0), Usage(1e3, 0.0))
        )
        assert next(k for k in range(1, 9) if write + read * (k - 1) < plain * k) == pays


def test_tuned_variants_ask_for_more_and_hosting_by_the_hour() -> None:
    tuned = [p for p in CATALOG.tuning_prices if p.model == "gpt-4.1-mini" and p.provider != "mistral"]
    assert [p.provider for p in tuned] == ["openai", "azure-openai"]
    base = find_apis(CATALOG, "openai/gpt-4.1-mini")[0]
    prices = tuned_prices(tuned, [base, None])
    usage = Usage(1000.0, 200.0)
    assert request_usd(prices, usage)[0] == pytest.approx(2.0 * request_usd(api_prices([base]), usage)[0])
    assert month_usd(prices, request_usd(prices, usage), 0.0) == pytest.approx([0.0, 730 * 1.7])
    assert prices.max_input_tokens[0] == base.max_input_tokens
    assert np.isnan(prices.max_input_tokens[1])


def test_a_tuned_price_that_nobody_states_stays_unknown() -> None:
    unpriced = [p for p in CATALOG.tuning_prices if np.isnan(p.input_usd_per_mtok)][:1]
    assert np.isnan(request_usd(tuned_prices(unpriced, [None]), Usage(1.0, 1.0))).all()


def test_the_volume_at_which_an_api_costs_what_a_machine_does() -> None:
    """T-9.21: $2.5 an hour all month against $0.60 per million blended is 3,042 M tokens."""
    blended = replace(PRICES, input_usd_per_mtok=np.full(3, 0.6), output_usd_per_mtok=np.full(3, 0.6))
    per_request = request_usd(blended, Usage(700.0, 300.0))
    assert month_usd(blended, per_request, 3042e6 / 1000.0) == pytest.approx([2.5 * HOURS_PER_MONTH] * 3, rel=2e-4)
