"""Small real scenarios that leave something to be desired, and plans of them with one thing changed."""

import copy
from collections.abc import Sequence
from typing import Any

import numpy as np

from planner.kinds.describe import describe
from planner.kinds.searching import build_problem
from planner.outcome import Advice, Configuration, Plan
from planner.planning import plan_ready, read_scenario
from planner.scenario.compose import Changes

SOUND: dict[str, Any] = {
    "api_version": "planner/v1",
    "kind": "FineTune",
    "metadata": {"name": "advised"},
    "models": ["llama-3.1-8b"],
    "methods": [{"lora": {"rank": 16}}],
    "dataset": {"samples": 100_000, "tokens_per_sample": {"mean": 400, "p95": 1200}},
    "train": {"epochs": 1, "global_batch_size": 64},
    "hardware": {
        "gpus": ["a100-80gb-sxm"],
        "counts": [8],
        "providers": ["gcp"],
        "regions": ["us-central1"],
        "tiers": ["on_demand"],
    },
}


def scenario(**blocks: Any) -> dict[str, Any]:
    """The sound scenario with blocks laid on, key by key."""
    made = copy.deepcopy(SOUND)
    for name, block in blocks.items():
        made[name] = {**made[name], **block} if isinstance(block, dict) and name in made else block
    return made


def changed(written: dict[str, Any], settings: Sequence[str]) -> Plan:
    """The plan of a scenario with `--set` words laid on: the planner's own front door, and no part of advice."""
    return plan_ready(read_scenario(written, changes=Changes(assignments=tuple(settings))), brief=True)


def after(written: dict[str, Any], advice: Advice) -> Configuration:
    """The configuration that advice leads to, planned on its own."""
    found = changed(written, advice.settings).configuration(advice.becomes)
    if found is not None:
        return found
    # The changed scenario leaves more machines than the one told, and others of them make its front.
    ready = read_scenario(written, changes=Changes(assignments=tuple(advice.settings)))
    problem = build_problem(ready.scenario, ready.space, ready.catalog)
    return next(c for c in describe(problem, np.arange(problem.space.walked)) if c.id == advice.becomes)
