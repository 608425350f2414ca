"""What prompts cost behind an API, and what shorter ones save."""

import math
from dataclasses import replace

import numpy as np
import pytest

from planner.catalog.apis import find_apis
from planner.catalog.loader import load_catalog
from planner.prompts.measuring import Lengths, Measured
from planner.prompts.money import Bill
from planner.prompts.options import Option

CATALOG = load_catalog()
LENGTHS = Lengths(100, 200_000.0, 2000.0, 2000.0, 2000.0, 2000.0, 100.0, 0, True)
MEASURED = Measured(LENGTHS, 100, 1, True, (), 0.0, 0.5, 0.0, 0.0, 0.0, 0.0, (), ())


def bill(name: str = "anthropic/claude-sonnet-4-5", requests: float = math.nan) -> Bill:
    """Sonnet: 3, cached 0.3, written 3.75, output 15 USD per million tokens."""
    return Bill(find_apis(CATALOG, name)[0], requests)


def test_a_request() -> None:
    assert bill().input_usd(MEASURED) == pytest.approx(2000 * 3e-6)
    assert bill().request_usd(MEASURED) == pytest.approx(2000 * 3e-6 + 100 * 15e-6)


def test_tokens_saved_cost_what_input_costs() -> None:
    option = Option("shorter", "low", 100, 500.0, 0.25)
    assert bill().saved_usd(MEASURED, option) == pytest.approx(500 * 3e-6)


def test_requests_saved_cost_their_answers_too() -> None:
    option = Option("not sent", "medium", 10, 200.0, 0.1, None, 0.1)
    assert bill().saved_usd(MEASURED, option) == pytest.approx(0.1 * bill().request_usd(MEASURED))
    unanswered = replace(MEASURED, lengths=replace(LENGTHS, answer_mean=math.nan))
    assert math.isnan(bill().saved_usd(unanswered, option))


def test_a_warm_cache_reads_and_a_cold_one_writes() -> None:
    option = Option("cached", "none", 100, 0.0, 0.0, np.full(100, 1500.0))
    assert bill().saved_usd(MEASURED, option) == pytest.approx(1500 * (3 - 0.3) * 1e-6)
    slow = bill(requests=730 * 60 / 5)  # one in five minutes, the life of the cache
    assert slow.warm == pytest.approx(1 - math.exp(-1))
    saved = 1500e-6 * (slow.warm * (3 - 0.3) - (1 - slow.warm) * (3.75 - 3))
    assert slow.saved_usd(MEASURED, option) == pytest.approx(saved)
    rare = bill(requests=100.0)
    assert rare.saved_usd(MEASURED, option) < 0


def test_short_beginnings_are_not_cached() -> None:
    option = Option("cached", "none", 100, 0.0, 0.0, np.array([1023.0, 1024.0]))
    assert bill().readable(option.cached_tokens if option.cached_tokens is not None else np.zeros(1)) == 0.5
    assert bill().saved_usd(MEASURED, option) == pytest.approx(512 * (3 - 0.3) * 1e-6)


def test_no_listed_price_saves_nothing() -> None:
    option = Option("cached", "none", 100, 0.0, 0.0, np.full(100, 1500.0))
    command = bill("cohere/command-r-08-2024", 1e6)
    assert command.warm == 1.0
    assert command.saved_usd(MEASURED, option) == pytest.approx(0.0)


def test_the_constants_of_these_tests_are_the_price_list() -> None:
    api = bill().api
    assert (api.input_usd_per_mtok, api.cached_input_usd_per_mtok, api.output_usd_per_mtok) == (3.0, 0.3, 15.0)
    assert api.cache_write_usd_per_mtok == pytest.approx(3.75)
