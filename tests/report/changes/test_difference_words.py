"""Decisions in one sentence, and figures with their changes."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.outcome import Delta, Side
from planner.outcome.difference_words import choice_key, choice_text, decision_sentence, is_same, moves, percent
from planner.report.changes.difference_figures import (
    change_text,
    effect_words,
    noise_text,
    part_text,
    signed_percent,
    signed_usd,
    way_text,
)
from planner.report.changes.difference_parts import PARTS
from planner.report.changes.difference_text import difference_text
from tests.report import checks
from tests.report.checks import ONE_H100, moved, side, tuned

LORA = tuned(16, 1.0)
BIGGER = tuned(64, 1.4)
OTHER = tuned(16, 1.0, ONE_H100)
RENTED = tuned(16, 1.0, ("l40s", 2, "lambda", "any", "spot", 3.10))
RIVAL = "QLoRA r16 qwen2.5-7b on 1x h100-sxm"


def test_a_choice_in_words() -> None:
    assert choice_text(LORA) == "LoRA r16 qwen2.5-7b on 2x l40s"
    spread = LORA.model_copy(update={"hardware": LORA.hardware.model_copy(update={"nodes": 2, "count": 8})})
    assert choice_text(spread) == "LoRA r16 qwen2.5-7b on 2 nodes of 8x l40s"
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
         f"still LoRA r16 qwen2.5-7b on 2x l40s; margin 9 % → 2 % (trade-off) over {RIVAL}"),
        (side(LORA), side(BIGGER), "still LoRA r64 qwen2.5-7b on 2x l40s (r16 before)"),
        (side(LORA, 0.091), side(LORA, 0.09),
         f"still LoRA r16 qwen2.5-7b on 2x l40s; margin still 9 % (trade-off) over {RIVAL}"),
        (side(LORA), side(RENTED),
         "still LoRA r16 qwen2.5-7b on 2x l40s, but from lambda, spot (nebius eu-north1, on demand before)"),
        (side(LORA), side(BIGGER.model_copy(update={"stack": "axolotl"})),
         "still LoRA r64 qwen2.5-7b on 2x l40s (r16 before), but with axolotl (hf-trainer before)"),
        (side(LORA, 0.09, margin_of="cost"), side(LORA, 0.02, rival=""),
         "still LoRA r16 qwen2.5-7b on 2x l40s; margin 9 % (cost) → 2 % (trade-off)"),
        (side(LORA, 0.09), side(LORA),
         "still LoRA r16 qwen2.5-7b on 2x l40s; margin 9 % (trade-off) → none (no other choice left)"),
        (side(LORA), side(OTHER, 0.031),
         "flips from LoRA r16 qwen2.5-7b on 2x l40s to LoRA r16 qwen2.5-7b on 1x h100-sxm; "
         f"margin 3 % (trade-off) over {RIVAL}"),
        (side(LORA), side(None), "nothing is feasible any more: LoRA r16 qwen2.5-7b on 2x l40s was chosen before"),
        (side(None), side(None), "still nothing is feasible"),
        (side(None), side(LORA), "feasible now: LoRA r16 qwen2.5-7b on 2x l40s"),
        (None, side(LORA), "new: LoRA r16 qwen2.5-7b on 2x l40s"),
        (None, side(None), "new, but nothing is feasible"),
        (side(LORA), None, "removed; it was LoRA r16 qwen2.5-7b on 2x l40s"),
        (side(None), None, "removed"),
        (side(LORA), side(None, problems=["a.yaml:1:2: no", "b"]),
         "cannot be planned any more: a.yaml:1:2: no (and 1 more)"),
        (None, side(None, problems=["a.yaml:1:2: no"]), "cannot be planned: a.yaml:1:2: no"),
        (side(None, problems=["no"]), side(LORA), "can be planned now: LoRA r16 qwen2.5-7b on 2x l40s"),
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


def test_noise_is_told_of_the_likelier_side() -> None:
    close = Delta(before=1.0, after=1.1, planner=0.0, prices=0.0, scenario=0.1, total=0.1, within_noise=True)
    assert noise_text("cost_usd", close) == "cost: inside the noise"
    higher = moved(1.0, 2.0, chance_higher=0.94)
    assert noise_text("cost_usd", higher) == "cost: really higher with a chance of 94 %"
    lower = moved(0.8, 0.7, chance_higher=0.21)
    assert noise_text("quality", lower) == "quality q: really lower with a chance of 79 %"
    sure = moved(2.0, 1.0, chance_higher=0.0007)
    assert noise_text("carbon_kg", sure) == "CO2e: really lower with a chance of over 99.9 %"
    assert noise_text("cost_usd", moved(1.0, 2.0)) == ""


def test_only_a_pure_change_of_prices_is_certain() -> None:
    prices = Delta(before=2.0, after=1.0, planner=0.0, prices=-1.0, scenario=0.0, total=-1.0, chance_higher=0.0)
    assert noise_text("cost_usd", prices) == "cost: really lower, certain"
    edited = moved(1.0, 9.0, 0.0, 0.0, chance_higher=1.0)
    assert noise_text("cost_usd", edited) == "cost: really higher with a chance of over 99.9 %"


def test_what_did_not_move_has_no_chance() -> None:
    still = moved(0.84, 0.84, 0.0, 0.0, chance_higher=0.5)
    assert way_text("quality", still) == "0.84, as before"
    assert noise_text("quality", still) == ""
    assert noise_text("cost_usd", moved(4.43, 4.43 + 1e-15, 0.0, 0.0, chance_higher=0.5)) == ""


def test_an_edit_is_told_by_the_head_without_it() -> None:
    assert effect_words(0.14) == "without it $0.14 less"
    assert effect_words(-0.79) == "without it $0.79 more"
    assert effect_words(0.0) == effect_words(1e-12) == "no effect on cost"
    assert effect_words(0.001) == "hardly any effect on cost"


def test_where_the_same_choice_is_rented_instead() -> None:
    assert moves(side(LORA), side(RENTED)) == ["other provider", "now spot"]
    assert moves(side(LORA), side(OTHER)) == moves(None, side(LORA)) == moves(side(LORA), side(BIGGER)) == []


def test_parts_that_rounding_would_tear_apart_add_up() -> None:
    torn = Delta(before=5.758, after=5.478, planner=0.0, prices=-1.334, scenario=1.054, total=-0.28)
    assert [part_text("cost_usd", torn, part) for part in (*PARTS, "total")] == ["0", "-$1.33", "+$1.05", "-$0.28"]
    mixed = Delta(before=28 / 60, after=34 / 60, planner=0.0, prices=-33 / 3600, scenario=6.55 / 60, total=0.1)
    assert [part_text("hours", mixed, part) for part in (*PARTS, "total")] == ["0", "-1 min", "+7 min", "+6 min"]
    tiny = Delta(before=150.0, after=180.0, planner=0.0, prices=0.2, scenario=29.8, total=30.0)
    assert [part_text("cost_usd", tiny, part) for part in (*PARTS, "total")] == ["0", "about 0", "+$30", "+$30"]


FIGURE = st.sampled_from(["cost_usd", "hours", "quality", "carbon_kg"])
VALUE = st.floats(1e-4, 1e5)
PART = st.just(0.0) | st.floats(-1e4, 1e4)


def told_number(text: str) -> float:
    """The number of a text, in the unit it is told in."""
    return 0.0 if text in ("0", "about 0") else float(re.sub(r"[^0-9.+-]", "", text))


@given(figure=FIGURE, before=VALUE, planner=st.none() | PART, prices=PART, scenario=PART)
def test_what_is_told_adds_up(
    figure: str, before: float, planner: float | None, prices: float, scenario: float
) -> None:  # fmt: skip
    after = before + (planner or 0.0) + prices + scenario
    delta = Delta(
        before=before, after=after, planner=planner, prices=prices, scenario=scenario, total=after - before
    )  # fmt: skip
    told = {part: part_text(figure, delta, part) for part in (*PARTS, "total")}
    assert (told["planner"] == "unknown") == (planner is None)
    known = [text for part, text in told.items() if part != "total" and text != "unknown"]
    units = {re.sub(r"[-+0-9.,]", "", text) for text in (*known, told["total"]) if text not in ("0", "about 0")}
    assert len(units) <= 1
    assert sum(map(told_number, known)) == pytest.approx(told_number(told["total"]), abs=1e-6, rel=1e-9)


@given(figure=FIGURE, values=st.lists(st.none() | st.floats(), min_size=6, max_size=6))
def test_any_numbers_can_be_told(figure: str, values: list[float | None]) -> None:
    before, after, planner, prices, scenario, total = values
    delta = Delta(before=before, after=after, planner=planner, prices=prices, scenario=scenario, total=total)
    for part in (*PARTS, "total"):
        assert "nan" not in part_text(figure, delta, part)


def test_sums_are_unknown_on_the_side_where_a_scenario_is() -> None:
    there = checks.difference(checks.infeasible(), checks.removed())
    told = difference_text(there)
    assert told.startswith("1 scenario changed, 1 removed: $134 → unknown (1 scenario of unknown cost)\n")
    assert re.search(r"^ *unknown +unknown +ml-platform \(1 unknown\)$", told, re.MULTILINE)
    assert re.search(r"^ *\$0\.00 +-\$67\.20, -100 % +care$", told, re.MULTILINE)


def test_all_scenarios_together_where_the_unchanged_were_asked_for() -> None:
    scenarios = [checks.changed_scenario(), checks.same()]
    there = checks.difference(*scenarios, totals=checks.totals_of(scenarios, everything=True))
    told = difference_text(there)
    assert told.startswith("1 scenario changed: $67.20 → $95.25 (+$28.05, +42 %)\n")
    assert "\nAll 2 scenarios together: $77.20 → $105\n" in told
    assert "together" not in difference_text(checks.difference(*scenarios))


def test_a_scenario_on_one_side_tells_all_its_figures() -> None:
    for one in (checks.added(), checks.removed()):
        told = difference_text(checks.difference(one))
        for name in ("choice", "machine", "cost", "time", "quality q", "CO2e", "prices"):
            assert re.search(rf"^  {name} +\S", told, re.MULTILINE), name
        assert "(0.61 to 0.94)" in told
        assert "2 × l40s (nebius eu-north1, on demand)" in told
