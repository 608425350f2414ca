"""Decisions in one sentence, and figures with their changes."""

import pytest

from planner.outcome import Delta, Side
from planner.outcome.difference_words import choice_key, choice_text, decision_sentence, is_same, percent
from planner.report.difference_figures import change_text, noise_text, signed_percent, signed_usd, way_text

from . import checks
from .checks import ONE_H100, moved, side, tuned

LORA = tuned(16, 1.0)
BIGGER = tuned(64, 1.4)
OTHER = tuned(16, 1.0, ONE_H100)
RIVAL = "qlora r 16 qwen2.5-7b on 1x h100-sxm"


def test_a_choice_in_words() -> None:
    assert choice_text(LORA) == "lora r 16 qwen2.5-7b on 2x l40s"
    spread = LORA.model_copy(update={"hardware": LORA.hardware.model_copy(update={"nodes": 2, "count": 8})})
    assert choice_text(spread) == "lora r 16 qwen2.5-7b on 2 nodes of 8x l40s"
    assert choice_text(LORA.model_copy(update={"method": {"name": "full"}})) == "full qwen2.5-7b on 2x l40s"


def test_rank_and_region_do_not_make_another_decision() -> None:
    assert choice_key(LORA) == choice_key(BIGGER)
    assert is_same(side(LORA), side(BIGGER))
    assert not is_same(side(LORA), side(OTHER))
    assert not is_same(side(LORA), side(None))


@pytest.mark.parametrize(
    ("before", "after", "sentence"),
    [
        (side(LORA, 0.09), side(LORA, 0.02),
         f"still lora r 16 qwen2.5-7b on 2x l40s; margin 9 % → 2 % (trade-off) over {RIVAL}"),
        (side(LORA), side(BIGGER), "still lora r 64 qwen2.5-7b on 2x l40s (r 16 before)"),
        (side(LORA, 0.09, margin_of="cost"), side(LORA, 0.02, rival=""),
         "still lora r 16 qwen2.5-7b on 2x l40s; margin 9 % (cost) → 2 % (trade-off)"),
        (side(LORA, 0.09), side(LORA),
         "still lora r 16 qwen2.5-7b on 2x l40s; margin 9 % (trade-off) → none (no other choice left)"),
        (side(LORA), side(OTHER, 0.031),
         "flips from lora r 16 qwen2.5-7b on 2x l40s to lora r 16 qwen2.5-7b on 1x h100-sxm; "
         f"margin 3 % (trade-off) over {RIVAL}"),
        (side(LORA), side(None), "nothing is feasible any more: lora r 16 qwen2.5-7b on 2x l40s was chosen before"),
        (side(None), side(None), "still nothing is feasible"),
        (side(None), side(LORA), "feasible now: lora r 16 qwen2.5-7b on 2x l40s"),
        (None, side(LORA), "new: lora r 16 qwen2.5-7b on 2x l40s"),
        (None, side(None), "new, but nothing is feasible"),
        (side(LORA), None, "removed; it was lora r 16 qwen2.5-7b on 2x l40s"),
        (side(None), None, "removed"),
        (side(LORA), side(None, problems=["a.yaml:1:2: no", "b"]),
         "cannot be planned any more: a.yaml:1:2: no (and 1 more)"),
        (None, side(None, problems=["a.yaml:1:2: no"]), "cannot be planned: a.yaml:1:2: no"),
        (side(None, problems=["no"]), side(LORA), "can be planned now: lora r 16 qwen2.5-7b on 2x l40s"),
    ],
)  # fmt: skip
def test_a_decision_in_one_sentence(before: Side | None, after: Side | None, sentence: str) -> None:
    assert decision_sentence(before, after) == sentence


def test_shares() -> None:
    assert [percent(x) for x in (0.09, 0.004, 0.0, 0.0001, 1.06, None, float("nan"))] == [
        "9 %", "0.4 %", "0 %", "under 0.1 %", "106 %", "unknown", "unknown",
    ]  # fmt: skip


def test_changes_of_money() -> None:
    assert way_text("cost_usd", moved(164.0, 212.0)) == "$164 → $212 (+$48, +29 %)"
    assert way_text("cost_usd", moved(0.0, 12.0)) == "$0.00 → $12.00 (+$12.00)"
    assert way_text("cost_usd", moved(12.0, 12.0)) == "$12.00, as before"
    assert way_text("cost_usd", moved(None, 12.0)) == "unknown → $12.00"
    assert change_text("cost_usd", moved(20.0, 400.0)) == "+$380, ×20"
    assert change_text("cost_usd", moved(5.0, 5.0)) == "same"
    assert change_text("cost_usd", None) == "unknown"
    assert signed_usd(0.3, 500.0) == "+$0.30"
    assert signed_usd(-48.2, 500.0) == "-$48"
    assert signed_usd(None) == "unknown"
    assert signed_usd(float("nan")) == "unknown"
    assert signed_percent(10.0, 9.0) == "-10 %"


def test_changes_of_other_figures() -> None:
    assert way_text("hours", moved(2.0, 3.5)) == "2.0 h → 3.5 h (+1.5 h, +75 %)"
    assert change_text("quality", moved(0.7, 0.69)) == "-0.010, -1 %"
    assert change_text("carbon_kg", moved(4.5, 6.4)) == "+1.9 kg, +42 %"


def test_noise_is_told() -> None:
    same = Delta(before=1.0, after=1.1, planner=0.0, prices=0.0, scenario=0.1, total=0.1, within_noise=True)
    assert noise_text("cost_usd", same) == "cost: inside the noise"
    likely = checks.moved(1.0, 2.0, chance_higher=0.94)
    assert noise_text("cost_usd", likely) == "cost: really higher with a chance of 94 %"
    assert noise_text("cost_usd", checks.moved(1.0, 2.0)) == ""
