"""A scenario without the machines of some places is planned as if it had never named them."""

from collections.abc import Mapping
from typing import Any

import pytest

from planner.errors import InputError
from planner.kinds.portfolio.inputs import Place
from planner.outcome import Configuration
from planner.planning import Ready, plan_ready, read_any, read_scenario
from planner.planning.portfolio_offers import without, words

TUNING: Mapping[str, Any] = {
    "api_version": "planner/v1",
    "kind": "FineTune",
    "metadata": {"name": "small"},
    "models": ["llama-3.1-8b"],
    "methods": ["qlora", "lora"],
    "stacks": ["hf-trainer"],
    "dataset": {"samples": 10_000, "tokens_per_sample": 500},
    "hardware": {
        "gpus": ["a10g", "l4", "h100"], "counts": [1, 8], "providers": ["aws", "gcp", "lambda"],
        "tiers": ["on_demand", "spot"], "allow": ["derived_spot", "low_confidence", "stale"],
    },
}  # fmt: skip
SERVING: Mapping[str, Any] = {
    "api_version": "planner/v1",
    "kind": "Serving",
    "metadata": {"name": "served"},
    "models": ["llama-3.1-8b"],
    "apis": ["openai/gpt-4o-mini"],
    "traffic": {"requests_per_second": 2, "input_tokens": 400, "output_tokens": 100},
    "hardware": {"gpus": ["l4", "h100"], "counts": [1], "providers": ["gcp", "lambda"]},
}


def _with(scenario: Mapping[str, Any], **hardware: Any) -> dict[str, Any]:
    return {**scenario, "hardware": {**scenario["hardware"], **hardware}}


def _front(scenario: Mapping[str, Any], *places: Place) -> list[tuple[str, float]]:
    plan = plan_ready(without(read_any(scenario), places), brief=True)
    front: list[Any] = [*plan.front]
    return [(one.id, getattr(one, "cost_usd", None) or one.cost_usd_per_month) for one in front]


@pytest.mark.parametrize(
    ("place", "hardware"),
    [
        (Place(provider="AWS"), {"providers": ["gcp", "lambda"]}),
        (Place(gpus=("h100-sxm", "h100-pcie", "h100-nvl")), {"gpus": ["a10g", "l4"]}),
        (Place(tier="spot"), {"tiers": ["on_demand"]}),
        (Place(provider="somebody"), {}),
    ],
)
def test_a_plan_without_a_place_is_that_of_a_scenario_that_does_not_name_it(
    place: Place, hardware: dict[str, Any]
) -> None:
    found = _front(TUNING, place)
    assert found == _front(_with(TUNING, **hardware))
    assert found


def test_a_place_is_no_more_than_all_that_it_says() -> None:
    every = _front(TUNING)
    plan = plan_ready(read_scenario(TUNING), brief=True)
    cheapest = next(c for c in plan.front if c.id == every[0][0])
    offer = cheapest.offer
    here = Place(offer.provider, offer.region, (cheapest.hardware.gpu,), offer.tier)
    assert every[0] not in _front(TUNING, here)
    assert _front(TUNING, Place(offer.provider, "nowhere", (cheapest.hardware.gpu,), offer.tier)) == every


def test_rules_count_what_is_left() -> None:
    ruled = {**TUNING, "exclude": [{"gpu": "a10g", "method": "lora"}, {"provider": "gcp", "count": 8}]}
    cut = without(read_any(ruled), [Place(provider="aws")])
    plain, whole = read_scenario(_with(ruled, providers=["gcp", "lambda"])), read_scenario(ruled)
    assert isinstance(cut, Ready)
    assert cut.space.combinations == plain.space.combinations < whole.space.combinations
    assert [c.id for c in plan_ready(cut, brief=True).front] == [c.id for c in plan_ready(plain, brief=True).front]


def test_a_run_partly_on_spot_needs_its_spot_machines_too() -> None:
    shared = {
        **TUNING,
        "axes": {"train.spot_share": [0.0, 0.5]},
        "hardware": {**TUNING["hardware"], "tiers": ["on_demand"]},
    }
    front = plan_ready(without(read_any(shared), [Place(tier="spot")]), brief=True).front
    assert front
    assert all(isinstance(c, Configuration) and c.offer.spot_twin_usd_per_hour is None for c in front)


def test_a_service_falls_back_on_what_needs_no_machine() -> None:
    both = [Place(provider="gcp"), Place(provider="lambda")]
    assert _front(SERVING, Place(provider="gcp")) == _front(_with(SERVING, providers=["lambda"]))
    left = plan_ready(without(read_any(SERVING), both), brief=True)
    assert left.decisions
    assert all(one.way == "api" for one in (*left.front, *left.beside))
    alone = plan_ready(without(read_any(SERVING), [Place(provider="openai")]), brief=True)
    assert alone.front
    assert all(one.way != "api" for one in (*alone.front, *alone.beside))


def test_nothing_left_is_said() -> None:
    with pytest.raises(InputError, match="no offer is left without any machine"):
        without(read_any(TUNING), [Place()])
    places = [Place(provider="gcp"), Place(provider="lambda"), Place(provider="openai")]
    with pytest.raises(InputError, match="no offer is left without gcp; lambda; openai"):
        without(read_any(SERVING), places)
    assert without(ready := read_any(TUNING), []) is ready
    assert words(Place("aws", "us-east-1", ("h100-sxm",), "spot")) == "aws us-east-1 h100-sxm spot"
