"""Rules held against single combinations leave what they leave of the whole space."""

from typing import Any

import numpy as np
import pytest

from planner.planning import read_scenario
from planner.space.matching import kept_by
from planner.space.patterns import read_rules

from .test_rules import SCENARIO

CASES: list[dict[str, Any]] = [
    {"include": [{"gpu": "l40s", "count": 1}, {"gpu": "a100*", "count": [1, 2], "stack": "hf-*"}]},
    {"exclude": [{"gpu": "l40s", "count": 4}, {"method": "full"}]},
    {"include": [{"provider": "aws"}, {"method": "lora"}], "exclude": [{"method.rank": 16}, {"tier": "spot"}]},
]


@pytest.mark.parametrize("rules", CASES)
def test_as_the_space_has_it(rules: dict[str, Any]) -> None:
    ready, whole = read_scenario(SCENARIO | rules), read_scenario(SCENARIO)
    space, offers = ready.space.recipes, whole.space.market.offers
    include, exclude = (
        read_rules(rules.get(key, []), key, ready.catalog, space.axes, lambda *_: pytest.fail("a rule is wrong"))
        for key in ("include", "exclude")
    )
    recipe, offer = np.divmod(np.arange(len(space) * len(offers)), len(offers))
    kept = kept_by(include, exclude, space.take(np.arange(len(space))), space.methods, recipe, offers, offer)
    assert ready.space.rules is not None
    assert 0 < kept.sum() < len(kept)
    assert int(kept.sum()) == ready.space.rules.kept
    assert int((~kept).sum()) == ready.space.rules.cut
