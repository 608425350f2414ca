"""How many samples past runs needed: the law where there is one, else what was tried."""

from typing import Any

import numpy as np
import pytest

from planner.spend.advice.dataset import Sizes, enough, find, fitted
from tests.spend.advice.past import a_run, blank, history


def sizes(samples: list[float], value: list[float], higher: bool = True) -> Sizes:
    drawn = np.repeat(np.array(value)[:, None], 2, axis=1)
    return Sizes(np.array(samples), np.array(value), np.array(samples) / 100.0, drawn, higher)


def test_the_law_comes_back() -> None:
    samples = np.array([1000.0, 2000.0, 4000.0, 8000.0])
    loss = 3.0 * samples**-0.1
    law = fitted(sizes(samples.tolist(), loss.tolist(), higher=False))
    assert law is not None
    assert list(law) == pytest.approx([3.0, 0.1])
    found = enough(sizes(samples.tolist(), loss.tolist(), higher=False), 0.95)
    # a*D^-b = end/0.95 at D = 8000 * 0.95^(1/0.1)
    assert found.samples == pytest.approx(8000 * 0.95**10)
    assert found.kept == pytest.approx(0.95)


def test_where_more_is_better_the_law_is_that_of_what_is_missing() -> None:
    samples = np.array([1000.0, 2000.0, 4000.0, 8000.0])
    score = 1.0 - 2.0 * samples**-0.3
    found = enough(sizes(samples.tolist(), score.tolist()), 0.97)
    wanted = 0.97 * score[-1]
    assert found.samples == pytest.approx(((1 - wanted) / 2.0) ** (-1 / 0.3))
    assert enough(sizes(samples.tolist(), score.tolist()), 0.1).samples == 1000.0  # never below what was tried


def test_without_a_law_the_smallest_tried_that_all_larger_ones_bear_out() -> None:
    assert fitted(sizes([1e3, 2e3, 4e3], [0.8, 0.85, 0.9])) is None
    assert enough(sizes([1e3, 2e3, 4e3], [0.80, 0.88, 0.90]), 0.95).samples == 2e3
    lucky = enough(sizes([1e3, 2e3, 4e3], [0.89, 0.70, 0.90]), 0.95)
    assert lucky.samples == 4e3
    assert fitted(sizes([1e3, 2e3, 4e3, 8e3], [0.9, 0.5, 0.9, 0.5])) is None


def a_set(values: dict[float, float], **others: object) -> list[dict[str, Any]]:
    usual = {"metric": "f1", "higher_is_better": True, "method": "lora"} | others
    return [
        a_run(10 * k + again, 60 - 5 * k - again, size / 100, size / 100, samples=size, value=value, **usual)
        for k, (size, value) in enumerate(values.items())
        for again in range(2)
    ]


def test_runs_on_more_are_held_against_what_fewer_cost() -> None:
    with blank({"runs": a_set({1e3: 0.80, 2e3: 0.88, 4e3: 0.90})}) as store:
        (found,) = find(history(store, quality_kept=0.95))
        assert list(find(history(store, quality_kept=0.99))) == []
    assert found.saving_usd == pytest.approx(2 * (40.0 - 20.0))
    assert "f1 0.88 in place of 0.9 at the median, 97.8 %" in found.risk
    assert found.at_most == "medium"
    assert found.text == "Train tune on 2,000 samples in place of 4,000."


def test_one_good_run_among_worse_ones_does_not_bear_a_size_out() -> None:
    usual: dict[str, Any] = {"metric": "f1", "higher_is_better": True, "method": "lora"}
    few = [a_run(k, 50 - k, 10.0, 10.0, samples=1e3, value=v, **usual) for k, v in enumerate((0.88, 0.70, 0.89))]
    others = a_set({2e3: 0.89, 4e3: 0.90})
    renamed = [row | {"run": f"s{place}"} for place, row in enumerate(others)]
    with blank({"runs": few + renamed}) as store:
        (found,) = find(history(store, quality_kept=0.95))
    assert found.text == "Train tune on 2,000 samples in place of 4,000."  # though the median of 1,000 keeps 97.8 %


def test_a_run_on_spot_is_priced_at_its_own_rate() -> None:
    rows = a_set({1e3: 0.80, 2e3: 0.88, 4e3: 0.90})
    rows[-1] |= {"cost_usd": 10.0, "tier": "spot"}
    with blank({"runs": rows}) as store:
        (found,) = find(history(store, quality_kept=0.95))
    assert found.saving_usd == pytest.approx(20.0 + 5.0)  # half of the hours of either


def test_absent_where_sizes_do_not_differ_or_directions_are_unknown() -> None:
    with blank({"runs": a_set({1e3: 0.9, 2e3: 0.9})}) as store:
        assert list(find(history(store))) == []
    with blank({"runs": a_set({1e3: 0.8, 2e3: 0.9, 4e3: 0.9}, higher_is_better=None)}) as store:
        assert list(find(history(store))) == []
    with blank({"runs": a_set({1e3: -0.8, 2e3: 0.9, 4e3: 0.9})}) as store:
        assert list(find(history(store))) == []
