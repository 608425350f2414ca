"""Which way to run a spot configuration is recommended: cheapest of those sure enough, the fastest of equals."""

import math

import numpy as np
import pytest

from planner.kinds.spot_recommending import Told, recommended
from planner.outcome import SpotPolicy
from planner.scenario.spot_policy import SpotPolicyName

NAN = math.nan


def told(
    policy: SpotPolicyName, usd: float, sure: float, hours: float = 10.0, alone: tuple[float, float] = (NAN, NAN)
) -> Told:
    """A policy, and cost in USD and surety of on demand all the way."""
    rest = dict.fromkeys(("cost_usd_lo", "cost_usd_hi", "hours_lo", "hours_hi"))
    row = SpotPolicy(
        id="c", policy=policy, cost_usd=usd, hours=hours, meets_deadline=sure, on_demand_share=0.0,
        on_demand_meets_deadline=None if math.isnan(alone[1]) else alone[1], **rest,
    )  # fmt: skip
    return Told(row, np.full(4, usd), np.full(4, alone[0]))


def marked(rows: list[Told], confidence: float = 0.9) -> tuple[list[str], list[str], list[SpotPolicy]]:
    found = recommended(rows, confidence, 20.0)
    return [p.policy for p in found if p.recommended], [p.note for p in found], found


def test_the_cheapest_that_is_sure_enough_is_recommended() -> None:
    rows = [told("spot_only", 5, 0.63), told("fallback", 8, 0.95), told("uniform_progress", 9, 0.99)]
    assert marked(rows)[0] == ["fallback"]
    assert marked(rows, 0.5)[0] == ["spot_only"]
    assert marked(rows, 0.97)[0] == ["uniform_progress"]


def test_of_equally_cheap_ones_the_fastest_and_then_the_simplest() -> None:
    rows = [told("spot_only", 5, 0.95, 10), told("multi_region", 5.01, 0.91, 8)]
    assert marked(rows)[0] == ["multi_region"]
    assert marked([told("spot_only", 5, 0.95), told("multi_region", 5, 0.99)])[0] == ["spot_only"]


def test_where_none_is_sure_enough_nothing_is_recommended_and_the_likeliest_told() -> None:
    names, notes, found = marked([told("spot_only", 5, 0.63), told("fallback", 8, 0.85)])
    assert names == []
    assert notes == ["", "likeliest, none reaches 90 %"]
    assert not found[0].on_demand_recommended


@pytest.mark.parametrize(
    ("alone", "instead", "said"),
    [
        ((7.0, 0.97), True, ""),
        ((9.0, 0.97), False, ""),
        ((7.0, 0.80), False, ""),
    ],
)
def test_on_demand_is_recommended_where_it_is_sure_and_cheaper(
    alone: tuple[float, float], instead: bool, said: str
) -> None:
    names, _, found = marked([told("spot_only", 5, 0.63, alone=alone), told("fallback", 8, 0.95, alone=alone)])
    assert names == ([] if instead else ["fallback"])
    assert [(p.on_demand_recommended, p.on_demand_note) for p in found] == [(instead, said)] * 2


def test_on_demand_that_alone_is_sure_enough_or_likeliest_says_so() -> None:
    names, notes, found = marked([told("spot_only", 5, 0.63, alone=(20.0, 0.97))])
    assert (names, notes, found[0].on_demand_recommended) == ([], [""], True)
    assert found[0].on_demand_note == "no policy on spot reaches 90 %"
    names, notes, found = marked([told("spot_only", 5, 0.63, alone=(20.0, 0.8))])
    assert (names, notes, found[0].on_demand_recommended) == ([], [""], False)
    assert found[0].on_demand_note == "likeliest, none reaches 90 %"
