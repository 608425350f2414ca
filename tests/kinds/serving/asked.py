"""Serving scenarios for tests: a small one, changed key by key, worked out with the catalog."""

import copy
from functools import cache
from typing import Any

from planner.catalog.exchange import usd_per_unit
from planner.catalog.loader import load_catalog
from planner.catalog.rows import Catalog
from planner.kinds.fine_tune import Origin
from planner.kinds.serving.plan import plan_serving
from planner.kinds.serving.problem import Problem, build_problem
from planner.outcome.serving_plan import ServingPlan
from planner.scenario.quantities import RATES
from planner.scenario.serving import Serving
from planner.space.serving.resolve import ServingSpace, resolve_serving
from planner.traffic import TokenLengths, Traffic, told_traffic

SMALL: dict[str, Any] = {
    "api_version": "planner/v1",
    "kind": "Serving",
    "metadata": {"name": "small"},
    "models": ["llama-3.1-8b"],
    "apis": ["openai/gpt-4o-mini"],
    "traffic": {
        "requests_per_month": "6M",
        "shape": "office_hours",
        "input_tokens": {"mean": 1100, "p95": 2600},
        "output_tokens": {"mean": 220, "p95": 600},
        "shared_prefix_tokens": 700,
        "active_users": 40_000,
    },
    "latency": {"ttft": "1 s", "total": "20 s"},
    "hardware": {"gpus": ["l40s", "h100-sxm"], "counts": [1, 2], "providers": ["runpod", "lambda", "cudo"]},
    "quality": {"task": "chat", "baseline": {"benchmark": "MMLU"}},
}


@cache
def catalog() -> Catalog:
    """The planner's own."""
    return load_catalog()


def asked(**changes: Any) -> Serving:
    """The small scenario with keys replaced by their path, `traffic__turns={"mean": 3}`; None takes a key away."""
    data = copy.deepcopy(SMALL)
    for path, value in changes.items():
        *blocks, key = path.split("__")
        block = data
        for name in blocks:
            block = block.setdefault(name, {})
        if value is None:
            block.pop(key, None)
        else:
            block[key] = value
    return Serving.model_validate(data, context={RATES: usd_per_unit(catalog().currencies)})


def traffic(scenario: Serving) -> Traffic:
    """The traffic that a scenario tells."""
    block = scenario.traffic
    rate = block.requests_per_second
    return told_traffic(
        input_tokens=_lengths(block.input_tokens),
        output_tokens=_lengths(block.output_tokens),
        requests_per_month=block.requests_per_month,
        requests_per_s=rate if isinstance(rate, float | None) else rate.mean,
        shape=block.shape,
        burstiness_cv2=block.burstiness,
        shared_prefix_tokens=block.shared_prefix_tokens,
        turns=None if block.turns is None else block.turns.mean,
    )


def _lengths(tokens: Any) -> TokenLengths:
    return TokenLengths.told(tokens) if isinstance(tokens, float) else TokenLengths.told(tokens.mean, tokens.p95)


def space(scenario: Serving) -> ServingSpace:
    """What it may choose from; a problem is a failure."""
    problems: list[str] = []
    found = resolve_serving(
        scenario, catalog(), traffic(scenario), lambda *told: problems.append(str(told)), lambda *_: None
    )
    assert found is not None, problems
    return found


def complaints(scenario: Serving) -> list[tuple[str, str]]:
    """Place and message of every problem."""
    problems: list[tuple[str, str]] = []
    resolve_serving(
        scenario, catalog(), traffic(scenario), lambda path, message, _: problems.append((str(path), message)),
        lambda *_: None,
    )  # fmt: skip
    return problems


def problem(**changes: Any) -> Problem:
    """The changed scenario, ready to be worked out."""
    scenario = asked(**changes)
    return build_problem(scenario, space(scenario), catalog())


def plan(**changes: Any) -> ServingPlan:
    """Its plan."""
    scenario = asked(**changes)
    return plan_serving(scenario, space(scenario), catalog(), Origin("small.yaml", "0" * 64, "test"), [])


def told(value: float | None) -> float:
    """A figure that must be known."""
    assert value is not None
    return value
