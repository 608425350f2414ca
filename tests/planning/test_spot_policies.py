"""Deadline policies of spot configurations, as a plan tells them."""

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

import planner
from planner.catalog.rows import Floats
from planner.estimate.spot_market import Draws, Market
from planner.kinds import spot_choices
from planner.outcome import Plan, SpotPolicy

pytestmark = pytest.mark.usefixtures("without_advice")

SCENARIO: dict[str, Any] = {
    "api_version": "planner/v1",
    "kind": "FineTune",
    "metadata": {"name": "spots"},
    "models": ["llama-3.1-8b"],
    "methods": ["qlora"],
    "dataset": {"samples": 40_000, "tokens_per_sample": 400},
    "train": {"expected_reruns": 0},
    "hardware": {"gpus": ["l4"], "counts": [1], "tiers": ["on_demand", "spot"], "providers": ["gcp"]},
    "constraints": {"deadline": {"hours": 40, "confidence": 0.5}},
}


def the_plan(**blocks: dict[str, Any]) -> Plan:
    return planner.plan({**SCENARIO, **{name: SCENARIO.get(name, {}) | more for name, more in blocks.items()}})


@cache
def usual() -> Plan:
    return the_plan()


def policies(plan: Plan, id_: str) -> dict[str, SpotPolicy]:
    return {p.policy: p for p in plan.spot_policies if p.id == id_}


def test_every_spot_configuration_has_its_policies_and_one_is_recommended() -> None:
    plan = usual()
    spots = {c.id for c in plan.front if c.offer.tier == "spot"}
    assert spots
    assert {p.id for p in plan.spot_policies} == spots
    for id_ in spots:
        mine = policies(plan, id_)
        assert list(mine) == ["spot_only", "fallback", "uniform_progress", "multi_region"]
        assert sum(p.recommended for p in mine.values()) == 1
        assert len(mine["multi_region"].regions) == spot_choices.PLACES
        assert mine["multi_region"].regions[0] == mine["spot_only"].regions[0]
        assert mine["spot_only"].on_demand_share == mine["multi_region"].on_demand_share == 0.0
        for p in mine.values():
            assert (p.cost_usd_lo or 0) < (p.cost_usd or 0) < (p.cost_usd_hi or 0)
            assert (p.hours_lo or 0) < (p.hours or 0) < (p.hours_hi or 0)


def test_quantiles_are_in_order_and_on_demand_is_what_that_machine_costs() -> None:
    plan = usual()
    for p in plan.spot_policies:
        for name in ("cost_usd", "hours"):
            ends = [getattr(p, f"{name}_{end}") for end in ("lo", "q25", "q50", "q75", "hi")]
            assert ends == sorted(ends)
            assert len(set(ends)) > 3
    spot = plan.configuration(plan.decisions["cheapest"])
    assert spot is not None
    here = {"tiers": ["on_demand"], "regions": [spot.offer.region]}
    (twin,) = (c for c in the_plan(hardware=here).front if c.offer.instance == spot.offer.instance)
    for p in policies(plan, spot.id).values():
        assert p.on_demand_cost_usd == pytest.approx(twin.cost_usd)
        assert p.on_demand_hours == pytest.approx(twin.hours)
    alone = the_plan(hardware={"tiers": ["spot"], "spot_policies": ["spot_only"]})
    assert alone.spot_policies
    assert all(p.on_demand_cost_usd is None and p.on_demand_hours is None for p in alone.spot_policies)


def test_waiting_for_spot_costs_and_takes_what_the_formulas_say(monkeypatch: pytest.MonkeyPatch) -> None:
    """With a known rate and certain figures, exponential lives: expected cost and hours of the configuration itself."""

    class Certain(Draws):
        def __init__(self, seed: int, samples: int, markets: int) -> None:
            super().__init__(seed, samples, markets, 1.0, 1.0)

        def normal(self, what: int) -> Floats:
            return super().normal(what) if what >= 100 else np.zeros(self.samples)

    class Known(Market):
        def __init__(self, *columns: Any) -> None:
            super().__init__(*columns, levels=False)

    monkeypatch.setattr(spot_choices, "Draws", Certain)
    monkeypatch.setattr(spot_choices, "Market", Known)
    monkeypatch.setattr(spot_choices, "SAMPLES", 8000)
    plan = the_plan()
    for c in plan.front:
        if c.offer.tier == "spot":
            alone = policies(plan, c.id)["spot_only"]
            assert alone.cost_usd == pytest.approx(c.cost_usd, rel=0.02)
            assert alone.hours == pytest.approx(c.hours, rel=0.03)


def test_a_tight_deadline_is_met_by_going_on_demand_and_by_no_waiting() -> None:
    # As the median must meet it too, the tightest is a little above the hours of the configuration.
    first = usual().configuration(usual().decisions["cheapest"])
    assert first is not None
    assert first.hours is not None
    tight = the_plan(constraints={"deadline": {"hours": first.hours * 1.1, "confidence": 0.5}})
    mine, before = (policies(plan, first.id) for plan in (tight, usual()))
    assert mine["fallback"].on_demand_share > before["fallback"].on_demand_share
    assert (mine["spot_only"].meets_deadline or 0) < (mine["fallback"].meets_deadline or 0)
    assert (mine["spot_only"].meets_deadline or 0) < (before["spot_only"].meets_deadline or 0)
    assert mine["spot_only"].hours == before["spot_only"].hours


def test_the_recommended_one_meets_the_deadline_with_the_confidence_asked_for() -> None:
    for p in usual().spot_policies:
        if p.recommended and not p.note:
            assert (p.meets_deadline or 0) >= 0.5
            others = policies(usual(), p.id).values()
            able = [o.cost_usd or 0 for o in others if (o.meets_deadline or 0) >= 0.5]
            assert (p.cost_usd or 0) <= min(able) * 1.05


def test_90_percent_are_asked_for_where_the_scenario_does_not_say() -> None:
    plan = planner.plan({**SCENARIO, "constraints": {"deadline": "40 h"}})
    mine = policies(plan, plan.decisions["cheapest"])
    assert (mine["spot_only"].meets_deadline or 0) < 0.9
    assert mine["multi_region"].recommended
    assert policies(usual(), plan.decisions["cheapest"])["spot_only"].recommended
    # On demand has no machine to lose: it is late where the work itself is.
    alone = mine["spot_only"].on_demand_meets_deadline or 0.0
    assert alone >= max(p.meets_deadline or 0.0 for p in mine.values())
    joint = planner.plan({**SCENARIO, "constraints": {"deadline": "40 h", "confidence": 0.5}})
    assert policies(joint, joint.decisions["cheapest"])["spot_only"].recommended


def test_what_is_sent_costs_what_it_costs_in_the_place_that_it_leaves(tmp_path: Path) -> None:
    """A checkpoint that is moved, and the result of a run that ends elsewhere: 10 cents per GB in the second place."""
    regions = ["us-central1", "europe-west4"]
    hardware = SCENARIO["hardware"] | {
        "regions": regions,
        "spot_policies": ["spot_only", "multi_region"],
        "tiers": ["spot"],
    }
    dear: dict[str, list[str]] = {"none": [], "second": regions[1:]}
    cost: dict[tuple[str, str], float] = {}
    for name, places in dear.items():
        egress = [{"provider": "gcp", "regions": [place], "price": 0.1 * (place in places)} for place in regions]
        head = {"api_version": "planner/v1", "kind": "CatalogOverlay", "metadata": {"name": "sent"}}
        discount = {"provider": "gcp", "tiers": ["spot"], "regions": regions[:1], "percent": 60}
        (tmp_path / "egress.yaml").write_text(yaml.safe_dump(head | {"egress": egress, "discounts": [discount]}))
        path = tmp_path / "spots.yaml"
        path.write_text(yaml.safe_dump(SCENARIO | {"hardware": hardware, "overlays": ["egress.yaml"]}))
        plan = planner.plan(path)
        spot = next(c for c in plan.front if c.offer.tier == "spot" and c.offer.region == "us-central1")
        cost |= {(name, p.policy): p.cost_usd or 0.0 for p in policies(plan, spot.id).values()}
    extra = {key: usd - cost["none", key[1]] for key, usd in cost.items()}
    assert extra["second", "spot_only"] == 0.0
    assert extra["second", "multi_region"] > 0.0


def test_nothing_is_simulated_without_a_deadline_unless_it_is_asked_for() -> None:
    free = {name: block for name, block in SCENARIO.items() if name != "constraints"}
    assert planner.plan(free).spot_policies == []
    named = planner.plan({**free, "hardware": SCENARIO["hardware"] | {"spot_policies": ["multi_region", "spot_only"]}})
    assert {p.policy for p in named.spot_policies} == {"spot_only", "multi_region"}
    assert {p.meets_deadline for p in named.spot_policies} == {None}


def test_only_what_is_in_play_is_used() -> None:
    alone = the_plan(hardware={"tiers": ["spot"], "regions": ["us-central1"]})
    assert {p.policy for p in alone.spot_policies} == {"spot_only"}
    rules = planner.plan({**SCENARIO, "exclude": [{"region": "europe-*"}, {"tier": "on_demand"}]})
    assert {p.policy for p in rules.spot_policies} == {"spot_only", "multi_region"}
    assert not any("europe" in place for p in rules.spot_policies for place in p.regions)


def test_the_plan_says_where_a_rate_comes_from_and_how_sure_it_is() -> None:
    hardware = {
        "gpus": ["v100"], "providers": ["aws"], "counts": "any", "allow": ["derived_spot", "retired", "stale"],
        "tiers": ["spot"], "regions": ["us-west-2"],
    }  # fmt: skip
    plan = planner.plan(SCENARIO | {"methods": ["lora"], "models": ["llama-3.2-1b"], "hardware": hardware})
    west = [c.offer for c in plan.front if c.offer.instance == "p3.2xlarge"]
    assert west
    assert {(o.preemption_per_hour, o.preemption_wait_hours) for o in west} == {(0.135, 0.889)}
    assert all("spot-traces" in o.preemption_source and "medium confidence" in o.preemption_source for o in west)
    told = {a.key: a for a in plan.assumptions}["preemption aws/us-west-2/v100-16gb-sxm x1"]
    assert (told.value, told.tag) == ("0.14 (0.071 to 0.26) per running hour, then 0.89 h of waiting", "R")
    assert {c.offer.preemption_source for c in usual().front if c.offer.tier == "spot"} == {
        "prior, a factor of three either way"
    }
