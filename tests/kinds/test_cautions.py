"""What a reader is warned of before spending on a decision."""

import math

import pytest

from planner import plan
from planner.outcome import Memory, Plan
from planner.outcome.fitting import MAY_NOT_FIT, chance_of_no_fit
from planner.units import Z90
from tests.kinds.test_scaling import SCENARIO


def _memory(total: float, sd: float, usable: float) -> Memory:
    parts = dict.fromkeys(
        ("weights", "adapters", "gradients", "optimizer", "activations", "logits", "temporary", "context"), 0.0
    )
    low, high = total * math.exp(-Z90 * sd), total * math.exp(Z90 * sd)
    words = {"label": "", "metric": "", "phase": "backward"}
    return Memory(total=total, total_lo=low, total_hi=high, usable=usable, **words, **parts)


def test_a_job_as_large_as_its_card_is_even_odds() -> None:
    assert chance_of_no_fit(_memory(80.0, 0.2, usable=80.0)) == pytest.approx(0.5)


def test_the_upper_end_of_the_band_leaves_five_percent() -> None:
    memory = _memory(40.0, 0.2, usable=40.0 * math.exp(Z90 * 0.2))
    assert chance_of_no_fit(memory) == pytest.approx(0.05, abs=1e-4)


def test_a_wider_band_is_a_larger_chance() -> None:
    assert chance_of_no_fit(_memory(40.0, 0.3, usable=50.0)) > chance_of_no_fit(_memory(40.0, 0.2, usable=50.0))


def _warned(planned: Plan) -> list[str]:
    return [line for line in planned.warnings if line.startswith("chance of running out of memory")]


def test_every_decision_that_may_not_fit_is_named_and_no_other() -> None:
    planned = plan(SCENARIO | {"hardware": {"gpus": ["rtx-4090", "l40s", "h200-sxm"], "counts": [1]}})
    chances = {}
    for name, id_ in planned.decisions.items():
        chosen = planned.configuration(id_)
        assert chosen is not None
        chances[name] = chance_of_no_fit(chosen.memory_gib)
    (line,) = _warned(planned)
    told = line.split(". One short run")[0]
    assert {name for name in chances if name in told} == {n for n, p in chances.items() if p > MAY_NOT_FIT}


def test_a_plan_with_room_says_nothing() -> None:
    roomy = SCENARIO | {"constraints": {"deadline": "200 h", "memory_margin": 1.0}}
    assert _warned(plan(roomy)) == []
