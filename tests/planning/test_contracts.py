"""Contracts in a plan: commitments, sessions, what is kept on disk and what was sent before; checked by hand."""

from typing import Any

import pytest

from planner.outcome import Configuration, Plan
from planner.planning import plan_ready, read_scenario
from planner.report.sections.rows import spot_text
from planner.source import InvalidInput
from planner.units import HOURS_PER_MONTH

HARDWARE = {"gpus": ["h100-sxm"], "counts": [1], "providers": ["gcp"], "regions": ["us-central1"]}
SCENARIO: dict[str, Any] = {
    "api_version": "planner/v1",
    "kind": "FineTune",
    "metadata": {"name": "contracts"},
    "models": ["llama-3.1-8b"],
    "methods": ["qlora"],
    "dataset": {"samples": 20000, "tokens_per_sample": 400},
    "hardware": HARDWARE,
    "objectives": ["cost", "time"],
}


def plan(hardware: dict[str, Any] | None = None, **changes: Any) -> Plan:
    return plan_ready(read_scenario(SCENARIO | {"hardware": HARDWARE | (hardware or {})} | changes), brief=True)


def cheapest(hardware: dict[str, Any] | None = None, **changes: Any) -> Configuration:
    return plan(hardware, **changes).front[0]


def assumed(found: Plan, key: str) -> str:
    return next(a.value for a in found.assumptions if a.key == key)


@pytest.mark.parametrize(("utilisation", "pays"), [(0.7, True), (0.63, False), (0.5, False), (1.0, True)])
def test_a_commitment_pays_above_its_break_even(utilisation: float, pays: bool) -> None:
    """37 % off: it pays where more than 63 % of it are used (DOMAIN T-10.3)."""
    on_demand = cheapest()
    found = cheapest({"tiers": ["reserved_1y"], "commitment": {"utilisation": utilisation}})
    terms = found.offer.commitment
    assert terms is not None
    assert terms.derived
    listed = on_demand.offer.price_usd_per_hour
    assert listed is not None
    assert terms.on_demand_usd_per_hour == listed
    assert terms.usd_per_committed_hour == pytest.approx(0.63 * listed)
    assert terms.break_even_utilisation == pytest.approx(0.63)
    assert found.offer.price_usd_per_hour == pytest.approx(0.63 * listed / utilisation)
    assert found.cost_parts.compute == pytest.approx((on_demand.cost_parts.compute or 0) * 0.63 / utilisation)
    assert found.hours == on_demand.hours
    assert (found.cost_usd or 0) < (on_demand.cost_usd or 0) - 1e-6 or not pays
    both = plan({"tiers": ["on_demand", "reserved_1y"], "commitment": {"utilisation": utilisation}})
    assert {c.offer.tier for c in both.front} == ({"reserved_1y"} if pays else {"on_demand"})


def test_the_plan_says_what_a_commitment_rests_on() -> None:
    asked = {"tiers": ["savings_3y"], "commitment": {"utilisation": "60 %"}, "allow": ["derived_commitment"]}
    found = plan(asked)
    assert assumed(found, "hardware.commitment") == "60 % of the committed hours are used"
    assert assumed(found, "committed prices") == "on demand less the middle of the known discount"
    assert spot_text(found.front[0]).endswith("60 % of them used; pays above 48 %; derived from a typical discount")


def test_typical_discounts_of_low_confidence_are_off_unless_allowed() -> None:
    asked = {"providers": ["aws"], "counts": [8], "regions": ["us-east-1"], "tiers": ["reserved_1y"],
             "commitment": {"utilisation": 1}}  # fmt: skip
    with pytest.raises(InvalidInput, match=r"let in by hardware.allow: \[derived_commitment\]"):
        plan(asked)
    assert cheapest(asked | {"allow": ["derived_commitment"]}).offer.price_confidence == "low"


def test_nothing_is_assumed_of_how_a_commitment_is_used() -> None:
    with pytest.raises(InvalidInput) as caught:
        plan({"tiers": ["on_demand", "reserved_3y"]})
    (problem,) = caught.value.problems
    assert problem.message == "reserved_3y is paid whether it is used or not, and nothing says how much of it is used"
    assert "commitment: {utilisation: 70 %}" in (problem.hint or "")


def test_words_that_do_nothing_are_told() -> None:
    asked = {"commitment": {"utilisation": 0.5}}
    assert any("hardware.commitment" in text and "does nothing" in text for text in plan(asked).warnings)
    missing = {
        "tiers": ["on_demand", "reserved_3y"],
        "providers": ["azure"],
        "regions": "any",
        "counts": "any",
        **asked,
    }
    assert any("no machine in reach has a price for reserved_3y" in text for text in plan(missing).warnings)


def test_a_rule_names_a_committed_tier() -> None:
    asked = {"tiers": ["on_demand", "reserved_1y"], "commitment": {"utilisation": 1}}
    assert {c.offer.tier for c in plan(asked, exclude=[{"tier": "reserved*"}]).front} == {"on_demand"}


def test_long_runs_are_split_on_request() -> None:
    long = {"dataset": {"samples": 2_000_000, "tokens_per_sample": 2000}}
    hugging = {"providers": ["huggingface"], "gpus": ["a100-80gb", "a10g", "t4"], "regions": "any", "allow": ["quoted"]}
    excluded = plan(hugging, **long)
    assert not excluded.front
    assert "longest run the provider allows" in excluded.infeasible
    found = plan(hugging | {"longest_run": "split"}, **long)
    one = found.front[0]
    hours, sessions = one.hours or 0.0, one.train["sessions"]
    assert sessions == -(-hours // 48)
    assert sum(one.hour_parts.model_dump().values()) == pytest.approx(hours)
    start = one.hour_parts.queue + one.hour_parts.boot + one.hour_parts.image + one.hour_parts.warmup
    assert start / sessions == pytest.approx((60 + 120 + 120 + 60) / 3600, rel=0.9)
    assert assumed(found, "hardware.longest_run") == "longer runs are split into sessions"


def test_what_is_kept_is_paid_for_and_what_is_cached_is_not_fetched() -> None:
    plain = cheapest()
    kept = cheapest(storage={"keep_checkpoints": 2, "retain": "90 days"})
    usd_per_gb_month = 0.1  # us-central1 in storage_network.csv
    checkpoint_gb = 12 * 41_943_040 / 1e9  # rank 16 on all linear layers of llama-3.1-8b
    extra = 2 * checkpoint_gb * usd_per_gb_month * 90 * 24 / HOURS_PER_MONTH
    assert (kept.cost_parts.storage or 0) - (plain.cost_parts.storage or 0) == pytest.approx(extra, rel=1e-6)
    assert kept.hours == plain.hours
    cached = cheapest(storage={"cache": "7 days"})
    assert cached.hour_parts.data == 0
    assert (cached.cost_parts.storage or 0) > (plain.cost_parts.storage or 0)
    assert cached.id == plain.id
    assert assumed(plan(storage={"cache": "7 days"}), "storage.cache") == "7.0 days"


def test_more_checkpoints_take_more_room() -> None:
    few, many = (cheapest(storage={"keep_checkpoints": n}).cost_parts.storage or 0 for n in (1, 10))
    assert many > few


def test_what_was_sent_before_moves_the_price_of_sending() -> None:
    plain = cheapest()
    later = cheapest(storage={"sent_this_month": "20 TB"})
    assert (later.cost_parts.egress or 0) / (plain.cost_parts.egress or 1) == pytest.approx(0.08 / 0.12)
    azure = {"providers": ["azure"], "regions": ["eastus"], "gpus": "any", "counts": "any"}
    assert (cheapest(azure).cost_parts.egress or 0) > 0
    assert cheapest(azure, storage={"sent_this_month": "0 GB"}).cost_parts.egress == 0


@pytest.mark.parametrize(
    ("block", "message"),
    [
        ({"hardware": HARDWARE | {"longest_run": "cut"}}, "'cut' is not one of exclude or split"),
        ({"hardware": HARDWARE | {"commitment": {"utilisation": 0}}}, "expected more than 0"),
        ({"storage": {"retain": "soon"}}, "soon"),
        ({"storage": {"keep_checkpoints": 0}}, "expected at least 1"),
        ({"storage": {"cache_weights": True}}, "unknown key 'cache_weights'"),
    ],
)
def test_bad_words_are_told_with_their_place(block: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        read_scenario(SCENARIO | block)
    assert message in str(caught.value)
