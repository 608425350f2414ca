import pytest

from planner.gate.deltas import appeared, changed, vanished
from planner.gate.totals import Part, total, totals
from planner.outcome import Delta, Metadata, ScenarioDifference, Side


def _cost(delta: Delta) -> dict[str, Delta]:
    return {"cost_usd": delta}


def test_the_parts_of_all_add_up() -> None:
    one = _cost(changed(90.0, 100.0, 105.0, 120.0, has_lock=True, chance=None))
    without_lock = _cost(changed(None, 10.0, 10.0, 15.0, has_lock=False, chance=None))
    new, gone = _cost(appeared(7.0, sums=True)), _cost(vanished(4.0, sums=True))
    whole = total([Part(one), Part(without_lock), Part(new, was=False), Part(gone, now=False)])
    cost = whole.delta["cost_usd"]
    assert (whole.scenarios, whole.unknown) == (4, 0)
    assert (cost.before, cost.after, cost.total) == (104.0, 142.0, 38.0)
    assert cost.planner is None
    assert (cost.prices, cost.scenario) == (5.0, 23.0)


def test_what_is_unknown_on_one_side_leaves_the_other_as_it_is() -> None:
    known = _cost(changed(None, 26.0, 26.0, 26.0, has_lock=False, chance=None))
    broken = _cost(changed(None, 4.0, None, None, has_lock=False, chance=None))
    whole = total([Part(known), Part(broken)])
    cost = whole.delta["cost_usd"]
    assert (whole.unknown, cost.before, cost.after, cost.total) == (1, 30.0, 26.0, None)


def test_a_side_where_nothing_is_known_is_unknown_and_one_where_nothing_is_is_zero() -> None:
    infeasible = _cost(changed(None, None, None, None, has_lock=False, chance=None))
    cost = total([Part(infeasible)]).delta["cost_usd"]
    assert (cost.before, cost.after, cost.total) == (None, None, None)
    added = total([Part(_cost(appeared(5.0, sums=True)), was=False)]).delta["cost_usd"]
    assert (added.before, added.after, added.total) == (0.0, 5.0, 5.0)
    alone = total([Part(_cost(appeared(5.0, sums=True)), was=False)], compared=False).delta["cost_usd"]
    assert (alone.before, alone.after) == (None, 5.0)


def _scenario(name: str, was: str | None, now: str | None, delta: Delta, change: str = "changed") -> ScenarioDifference:
    side = Side(
        scenario_digest="", catalog_as_of="", prices="", planner="", decision="knee", configuration=None
    )  # fmt: skip
    return ScenarioDifference.model_validate(
        {
            "path": f"{name}.yaml", "name": name, "change": change,
            "metadata": Metadata(name=name, team=now or was), "metadata_before": was and Metadata(name=name, team=was),
            "before": side if was else None, "after": side if now else None, "delta": _cost(delta),
        }
    )  # fmt: skip


def test_what_goes_to_another_team_is_counted_in_both() -> None:
    moved = _scenario("a", "care", "devx", changed(None, 4.0, 4.0, 6.0, has_lock=False, chance=None))
    stays = _scenario("b", "care", "care", changed(None, 1.0, 1.0, 1.0, has_lock=False, chance=None))
    found = totals([moved, stays], compared=True)
    care, devx = (found.teams[name].delta["cost_usd"] for name in ("care", "devx"))
    assert (care.before, care.after, care.total) == (5.0, 1.0, -4.0)
    assert (devx.before, devx.after, devx.total) == (0.0, 6.0, 6.0)
    whole = found.all.delta["cost_usd"].total
    assert whole == pytest.approx((care.total or 0) + (devx.total or 0))


def test_what_is_unchanged_is_in_everything_alone() -> None:
    changed_one = _scenario("a", "care", "care", changed(None, 4.0, 4.0, 6.0, has_lock=False, chance=None))
    same = _scenario("b", "care", "care", changed(None, 1.0, 1.0, 1.0, has_lock=False, chance=None), "unchanged")
    found = totals([changed_one, same], compared=True)
    assert found.all.scenarios == 1
    assert found.teams["care"].delta["cost_usd"].before == 4.0
    assert found.everything is not None
    assert found.everything.delta["cost_usd"].after == 7.0
    assert totals([changed_one], compared=True).everything is None
