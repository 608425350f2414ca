"""The quantile rule against brute force, and commitments that history does and does not support."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.spend.advice.reserve import commitment_of, cost_share, find
from tests.spend.advice.past import bill, blank, history, hourly, of_kind

WEEK = 168


@given(
    st.lists(st.floats(0.0, 12.0) | st.integers(0, 12).map(float), min_size=1, max_size=60),
    st.floats(0.01, 0.999),
)
def test_the_quantile_is_what_brute_force_finds(demand: list[float], share: float) -> None:
    hours = np.array(demand)
    costs = [cost_share(hours, x, share) for x in range(14)]
    assert cost_share(hours, commitment_of(hours, share), share) == pytest.approx(min(costs))


def test_hand_computed_quantile() -> None:
    # 4 GPUs half of the time, 10 for the rest; a committed hour costs 0.6: P(D > 4) = 0.5 < 0.6, so 4.
    demand = np.array([4.0, 10.0])
    assert commitment_of(demand, 0.6) == 4
    assert commitment_of(demand, 0.4) == 10
    assert commitment_of(demand, 1.0) == 0
    assert cost_share(demand, 4, 0.6) == pytest.approx(0.6 * 4 * 2 + 6)


def test_a_steady_base_is_committed_to_and_judged_on_what_came_after() -> None:
    with blank() as store:
        hourly(store, "4 + 2 * (i % 4 = 0)::INT", 3.0, 12 * WEEK)
        bill(store, 9000.0)
        (found,) = find(history(store, commitment_discounts={"1y": 0.3}))
        (one,) = of_kind(store, "reserve", commitment_discounts={"1y": 0.3})
    # Chosen on 8 of 12 weeks: P(D > 4) = 1/4 < 0.7; judged on the other 4: 4 GPUs at $3 - $2.10.
    assert one.about == "h100-sxm at aws"
    assert found.saving_usd == pytest.approx(4 * 0.9 * 4 * WEEK)
    assert one.saving_usd == pytest.approx(4 * 0.9 * 4 * WEEK)
    assert (one.first_day, one.last_day) == ("2026-10-04", "2026-10-31")
    assert one.per_month_usd == pytest.approx(one.saving_usd * (365.2425 / 12) / 28)
    assert one.saving_lo_usd == pytest.approx(one.saving_hi_usd)
    assert "8 weeks from 2026-08-09" in one.basis
    assert one.confidence == "medium"  # four weeks


def test_a_lower_price_today_counts_against_the_commitment() -> None:
    with blank() as store:
        hourly(store, "4 * (i < 8 * 168)::INT", 3.0, 12 * WEEK)
        hourly(store, "4", 2.0, 4 * WEEK)
        assert list(find(history(store, commitment_discounts={"1y": 0.3}))) == []  # 2.10 committed, 2.00 on demand
        (found,) = find(history(store, commitment_discounts={"1y": 0.4}))
    assert found.saving_usd == pytest.approx(4 * (2.0 - 1.8) * 4 * WEEK)


@pytest.mark.parametrize(
    ("gpus", "hours"),
    [
        ("8 * (i % 10 = 0)::INT", 12 * WEEK),  # a tenth of the time
        ("4", 7 * WEEK),  # too short
        ("4 * (i < 8 * 168)::INT", 12 * WEEK),  # no longer used
        ("4 * (i < 11 * 168)::INT", 12 * WEEK),  # given up a week ago
    ],
)
def test_absent_where_the_history_does_not_carry_it(gpus: str, hours: int) -> None:
    with blank() as store:
        hourly(store, gpus, 3.0, hours)
        hourly(store, "0.001", 3.0, hours, gpu="l4")  # the bill goes on
        found = [one for one in find(history(store, commitment_discounts={"1y": 0.3})) if "h100" in one.about]
    if "11" in gpus:
        # Three of the last four weeks carried it, which still pays: 0.9 * 3 - 2.1 > 0 a GPU.
        assert found[0].saving_usd == pytest.approx(4 * WEEK * (3 * 0.9 - 2.1))
    else:
        assert found == []


def test_the_catalogs_discount_and_three_years_where_one_is_unknown() -> None:
    with blank() as store:
        hourly(store, "2", 3.0, 10 * WEEK)
        (of_catalog,) = find(history(store))
        (three,) = find(history(store, commitment_discounts={"3y": 0.5}))
    assert "35%" in of_catalog.basis.replace(" ", "")  # H100-class, 30 to 40 %
    assert of_catalog.at_most == "low"  # which the catalog is not sure of
    assert "one year" in three.text  # the catalog has one for a year, which comes first
    with blank() as store:
        hourly(store, "2", 3.0, 10 * WEEK, gpu="l4")
        assert list(find(history(store))) == []  # nothing but an upper bound is known for AWS
        (three,) = find(history(store, commitment_discounts={"3y": 0.5}))
    assert "three years" in three.text
    assert three.at_most == "high"  # the scenario's own
