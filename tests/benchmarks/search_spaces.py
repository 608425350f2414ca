"""The six spaces that the search is measured on: FineTune scenarios of the catalog, from 10^4 to 10^8 combinations."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from planner.kinds.problem import Problem
from planner.kinds.searching import build_problem
from planner.planning import Ready, read_scenario

_LONG_TAIL: Final = {"samples": 200_000, "tokens_per_sample": {"mean": 420, "p95": 1400}}
_OPEN: Final = ["apache-2.0", "mit", "llama3.1", "llama3.2", "gemma"]
_SMALL_OPEN: Final = {"where": {"min_params": "1B", "max_params": "15B", "license": _OPEN}}
_ALL_OPEN: Final = {"where": {"min_params": "1B", "max_params": "35B", "license": _OPEN}}
_ALL_CARDS: Final = {"gpus": "any", "counts": [1, 2, 4, 8], "tiers": ["on_demand", "spot"]}
_GENERAL: Final = {"task": "general", "baseline": {"benchmark": "MMLU"}}


@dataclass(frozen=True, slots=True)
class SearchSpace:
    """A space to search: its name and the scenario without the keys that all have."""

    name: str
    size: str
    """Order of magnitude, as printed."""
    says: str
    """What it adds to the smaller ones."""
    body: Mapping[str, Any]

    def scenario(self, search: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """The whole scenario; `search` is its block of that name."""
        whole = {
            "api_version": "planner/v1",
            "kind": "FineTune",
            "metadata": {"name": self.name, "team": "bench"},
            "dataset": _LONG_TAIL,
            "objectives": ["cost", "time", "quality"],
            **self.body,
        }
        return whole | ({"search": dict(search)} if search else {})

    def read(self, search: Mapping[str, Any] | None = None) -> Ready:
        """The scenario checked and looked up in the catalog."""
        return read_scenario(self.scenario(search))

    def problem(self) -> Problem:
        """The question, ready to be evaluated."""
        ready = self.read()
        return build_problem(ready.scenario, ready.space, ready.catalog)


SPACES: Final = (
    SearchSpace(
        "one-team",
        "10^4",
        "two models, a handful of cards",
        {
            "models": ["llama-3.1-8b", "qwen2.5-7b"],
            "methods": ["qlora", "lora"],
            "axes": {"method.rank": [8, 32], "dataset.share": [0.5, 1.0]},
            "hardware": {"gpus": ["l4", "l40s", "a100-80gb", "h100-sxm"], "counts": [1, 2, 4, 8]},
            "quality": {"task": "chat", "baseline": {"benchmark": "MMLU"}},
        },
    ),
    SearchSpace(
        "limits",
        "10^5",
        "a budget and a deadline with a probability, a floor on quality, residency",
        {
            "models": ["llama-3.1-8b", "qwen2.5-7b", "qwen2.5-14b", "mistral-7b-v0.3", "gemma-2-9b"],
            "methods": ["qlora", "lora", "full"],
            "axes": {"method.rank": [8, 16, 64], "dataset.share": [0.5, 1.0], "train.epochs": [1, 2, 3]},
            "hardware": _ALL_CARDS | {"residency": ["EEA"]},
            "quality": _GENERAL | {"floor": {"q": 0.75}},
            "constraints": {"max_cost": {"usd": 300, "confidence": 0.9}, "deadline": "24 h"},
        },
    ),
    SearchSpace(
        "rules",
        "10^6",
        "include and exclude rules that cut across models, methods and offers",
        {
            "models": [_SMALL_OPEN],
            "methods": ["qlora", "lora", "full"],
            "axes": {"method.rank": [8, 16, 32, 64], "train.epochs": [1, 2, 3]},
            "include": [{"gpu": ["l4", "l40s", "a100*", "h100*"]}, {"method": "qlora", "count": [1, 2]}],
            "exclude": [
                {"model": "*-13b", "method": "full"},
                {"gpu": "l4", "count": 8},
                {"tier": "spot", "method.rank": 64},
            ],
            "hardware": _ALL_CARDS,
            "quality": _GENERAL,
        },
    ),
    SearchSpace(
        "carbon",
        "10^7",
        "carbon as a fourth objective",
        {
            "models": [_SMALL_OPEN],
            "methods": ["qlora", "lora", "full"],
            "axes": {
                "method.rank": [8, 16, 32, 64],
                "dataset.share": [0.25, 0.5, 1.0],
                "train.max_seq_len": [1024, 2048],
                "train.epochs": [1, 2, 3],
            },
            "hardware": _ALL_CARDS,
            "quality": _GENERAL,
            "objectives": ["cost", "time", "quality", "carbon"],
        },
    ),
    SearchSpace(
        "platform",
        "4*10^7",
        "every model up to 35B, a second stack",
        {
            "models": [_ALL_OPEN],
            "methods": ["qlora", "lora", "full"],
            "stacks": ["hf-trainer", "unsloth"],
            "axes": {
                "method.rank": [8, 16, 32, 64],
                "dataset.share": [0.25, 0.5, 1.0],
                "train.max_seq_len": [1024, 2048, 4096],
                "train.epochs": [2, 3],
            },
            "hardware": _ALL_CARDS,
            "quality": _GENERAL,
            "constraints": {"max_cost": "$1000", "deadline": "3 days"},
        },
    ),
    SearchSpace(
        "everything",
        "10^8",
        "more values on every axis",
        {
            "models": [_ALL_OPEN],
            "methods": ["qlora", "lora", "full"],
            "stacks": ["hf-trainer", "unsloth"],
            "axes": {
                "method.rank": [8, 16, 32, 64, 128],
                "dataset.share": [0.25, 0.5, 0.75, 1.0],
                "train.max_seq_len": [1024, 2048, 4096],
                "train.epochs": [1, 2, 3, 4],
            },
            "hardware": _ALL_CARDS,
            "quality": _GENERAL,
        },
    ),
)


@cache
def known() -> dict[str, SearchSpace]:
    """Every space by its name, smallest first."""
    return {space.name: space for space in SPACES}
