"""Starts moved to cheaper hours, where there are any."""

import datetime
from dataclasses import replace

import numpy as np
import pytest

from planner.catalog.rate_plans import Weekly
from planner.catalog.rows import Catalog
from planner.scenario.spend_review import AdviceFrom
from planner.spend.advice.history import History
from planner.spend.advice.schedule import find, moved
from tests.spend.advice.past import OCTOBER, a_run, blank, catalog, history

NIGHTS = Weekly(
    edges=tuple(float(h) for d in range(7) for h in (24 * d, 24 * d + 8, 24 * d + 20)),
    factors=(0.5, 1.0, 0.5) * 7, words="half price from 20:00 to 08:00 UTC", source="contract 7",
)  # fmt: skip


def test_the_cheapest_start_within_a_day() -> None:
    assert moved(NIGHTS, 10.0, 6.0) == pytest.approx((0.5, 10))  # 20:00 is the soonest night
    assert moved(NIGHTS, 6.0, 6.0) == pytest.approx((3.0 / 5.0, 14))  # two cheap hours and four dear ones
    assert moved(NIGHTS, 22.0, 6.0) == pytest.approx((1.0, 0))
    assert moved(NIGHTS, 167.0, 6.0) == pytest.approx((1.0, 0))  # over the end of the week


def with_nights() -> Catalog:
    known = catalog()
    offers = known.offers
    terms = replace(offers.terms, rates=(*offers.terms.rates, NIGHTS))
    rate = np.where(offers.provider == offers.providers.index("aws"), len(terms.rates) - 1, offers.rate)
    return replace(known, offers=replace(offers, rate=rate, terms=terms))


def test_past_runs_are_moved() -> None:
    start = datetime.datetime(2026, 10, 21, 10)  # a Wednesday
    runs = [a_run(1, 1, 1, 100.0) | {"started": start, "ended": start + datetime.timedelta(hours=6)}]
    with blank({"runs": runs}) as store:
        past = History(store, with_nights(), AdviceFrom(), OCTOBER)
        (found,) = find(past)
        assert found.saving_usd == pytest.approx(50.0)
        assert list(find(history(store))) == []  # the catalog alone has no such rates
        store.connection.execute("UPDATE runs SET provider = 'gcp'")
        assert list(find(past)) == []
