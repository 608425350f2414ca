import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.gate.deltas import appeared, chance_higher, changed, vanished
from planner.outcome import Configuration
from tests.gate.plans import configuration

MONEY = st.one_of(st.none(), st.floats(0.01, 1e6))


@given(MONEY, MONEY, MONEY, MONEY, st.booleans())
def test_the_known_parts_add_up_to_the_whole(
    locked: float | None, base: float | None, repriced: float | None, head: float | None, has_lock: bool
) -> None:
    found = changed(locked, base, repriced, head, has_lock=has_lock, chance=None)
    parts = [found.planner, found.prices, found.scenario]
    if not has_lock:
        assert found.planner is None
        parts = parts[1:]
    if found.total is not None and all(part is not None for part in parts):
        assert math.isclose(math.fsum(part for part in parts if part is not None), found.total, abs_tol=1e-6)
    if head is None or (locked if has_lock else base) is None:
        assert found.total is None


def test_each_part_moves_one_thing_in_the_fixed_order() -> None:
    found = changed(100.0, 110.0, 121.0, 150.0, has_lock=True, chance=0.9)
    assert (found.before, found.planner, found.prices, found.scenario, found.total) == (100.0, 10.0, 11.0, 29.0, 50.0)
    assert not found.within_noise


@pytest.mark.parametrize(
    ("chance", "noise"), [(0.5, True), (0.59, True), (0.6, False), (0.4, False), (0.41, True), (None, False)]
)
def test_noise_is_what_the_bands_cannot_tell_apart(chance: float | None, noise: bool) -> None:
    assert changed(None, 1.0, 1.0, 1.1, has_lock=False, chance=chance).within_noise is noise


def test_nothing_moved_is_no_noise() -> None:
    assert not changed(None, 1.0, 1.0, 1.0, has_lock=False, chance=0.5).within_noise


def test_the_same_recipe_at_another_price_is_certain() -> None:
    one = configuration()
    dearer = one.model_copy(update={
        "cost_usd": 10.1, "offer": one.offer.model_copy(update={"price_usd_per_hour": 2.02}),
    })  # fmt: skip
    assert chance_higher(one, dearer, "cost_usd") == 1.0
    assert chance_higher(dearer, one, "cost_usd") == 0.0
    assert chance_higher(one, one, "cost_usd") == 0.5


def test_on_the_same_card_only_the_residual_counts_and_on_another_the_whole_bands() -> None:
    """ln(10.4 / 10) = 0.0392, with the residual 0.04: z = 0.98. Bands: sd = ln(1.25 * 1.2) / 3.29 = 0.123 each."""
    one = configuration(cost=10.0)
    longer = configuration(cost=10.4, train={"epochs": 4})
    elsewhere = configuration(cost=10.4, gpu="h100-sxm")
    assert chance_higher(one, longer, "cost_usd") == pytest.approx(0.8366, abs=1e-3)
    assert chance_higher(one, elsewhere, "cost_usd") == pytest.approx(0.589, abs=2e-3)


def test_quality_of_one_model_differs_by_its_terms_and_of_two_by_their_bands() -> None:
    one = configuration(quality=0.80)
    more = configuration(quality=0.82, quality_parts={"gain": 0.6})
    assert 0.5 < (chance_higher(one, more, "quality") or 0.0) < 1.0
    other = configuration(quality=0.82, model="mistral-7b-v0.3")
    assert 0.5 < (chance_higher(one, other, "quality") or 0.0) < (chance_higher(one, more, "quality") or 0.0)


@pytest.mark.parametrize("figure", ["cost_usd", "hours", "carbon_kg", "quality"])
def test_an_unknown_side_has_no_chance(figure: str) -> None:
    one: Configuration = configuration()
    unknown = one.model_copy(update={figure: None})
    assert chance_higher(one, unknown, figure) is None
    assert chance_higher(None, one, figure) is None


def test_what_appears_and_what_vanishes_is_all_the_scenario_s() -> None:
    new, gone = appeared(12.0, sums=True), vanished(12.0, sums=True)
    assert (new.before, new.scenario, new.total) == (None, 12.0, 12.0)
    assert (gone.after, gone.scenario, gone.total) == (None, -12.0, -12.0)
    assert appeared(0.8, sums=False).total is None
