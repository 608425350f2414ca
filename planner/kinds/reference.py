"""What another tool claims, beside our estimate of the same job; quoted, and never used to calibrate anything.

The claims leave most of a job open. What is filled in is the same for every plan and told with the rows.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from planner.catalog.names import resolve_gpus
from planner.catalog.quoted import QuotedRun
from planner.catalog.rows import Catalog, Ints
from planner.estimate.training import MARGIN, OK
from planner.kinds.evaluate import Picked, pick, reason
from planner.kinds.problem import Problem
from planner.outcome import Claim
from planner.scenario.fine_tune import FineTune
from planner.space.resolve import Space, resolve
from planner.units import GB, GIB

Build = Callable[[FineTune, Space, Catalog], Problem]
"""How a scenario becomes a problem; handed in, because the kind's own module uses this one."""

MODELS: Final = {"7B": "llama-2-7b", "13B": "llama-2-13b", "70B": "llama-2-70b"}
"""Claimed size → the model we take for it, of the claims' own time."""
SAME_SIZE: Final = 1.35
"""Models within this factor of a claimed size are of its class."""
TOKENS, EPOCHS, BATCH = 512, 3, 16
ASSUMED: Final = (
    f"Llama 2 of that size, {TOKENS} tokens per sample, {EPOCHS} epochs, 10,000 samples, batches of {BATCH}, rank 16"
)
_CARDS: Final = re.compile(r"(\d+)x (\w+)(?: (\d+)GB)?")
_SAMPLES: Final = re.compile(r"(\d+)K samples")


@dataclass(frozen=True, slots=True)
class _Job:
    """What a claim is about, as far as it says so."""

    size: str
    method: str
    gpus: tuple[str, ...]
    """Every card that the claim can mean."""
    count: int
    samples: int


def claims(catalog: Catalog, space: Space, build: Build) -> list[Claim]:
    """Claims about jobs of a method and size that the scenario considers, each with our own figure."""
    methods = {method.name for method in space.recipes.methods}
    sizes = [catalog.models[index].params_total for index in space.recipes.models]
    relevant = [run for run in catalog.quoted_runs if run.method in methods and _size_meant(run.model_size, sizes)]
    jobs: dict[_Job, tuple[Problem, Picked] | None] = {}
    found = []
    for run in relevant:
        job = _job(run, catalog)
        if job is None:
            continue
        if job not in jobs:
            jobs[job] = _estimate(job, catalog, build)
        found += _compared(run, job, jobs[job])
    return found


def _size_meant(size: str, params: Iterable[float]) -> bool:
    claimed = float(size.removesuffix("B")) * 1e9
    return size in MODELS and any(claimed / SAME_SIZE <= p <= claimed * SAME_SIZE for p in params)


def _job(run: QuotedRun, catalog: Catalog) -> _Job | None:
    """The job a claim can be expressed as; None where it names no machine."""
    cards = _CARDS.fullmatch(run.gpu_config)
    if cards is None or run.model_size not in MODELS:
        return None
    sized = resolve_gpus(catalog, f"{cards[2]}-{cards[3]}gb") if cards[3] else ()
    known = [catalog.gpus[index].id for index in sized or resolve_gpus(catalog, cards[2])]
    gpus = tuple(id_ for id_ in known if id_.endswith("sxm") or not cards[3])
    samples = _SAMPLES.fullmatch(run.dataset)
    thousands = int(samples[1]) if samples else 10
    return _Job(run.model_size, run.method, gpus, int(cards[1]), 1000 * thousands) if gpus else None


def _estimate(job: _Job, catalog: Catalog, build: Build) -> tuple[Problem, Picked] | None:
    """The job on every machine of its kind on demand; None where nobody rents one out."""
    scenario = FineTune.model_validate(_scenario(job))
    space = resolve(scenario, catalog, _nothing, _nothing)
    if space is None:
        return None
    problem = build(scenario, space, catalog)
    return problem, pick(problem, np.arange(len(space.market.offers)))


def _scenario(job: _Job) -> dict[str, Any]:
    return {
        "api_version": "planner/v1",
        "kind": "FineTune",
        "metadata": {"name": "claim"},
        "models": [MODELS[job.size]],
        "methods": [job.method],
        "dataset": {"samples": job.samples, "tokens_per_sample": TOKENS},
        "train": {"epochs": EPOCHS, "global_batch_size": BATCH, "max_seq_len": 4 * TOKENS},
        "hardware": {"gpus": list(job.gpus), "counts": [job.count], "allow": ["low_confidence", "quoted", "stale"]},
        "quality": {"task": "chat"},
        "constraints": {"memory_margin": 0},
        "objectives": ["cost", "time"],
    }


def _nothing(_path: object, _message: str, _hint: str | None) -> None:
    """Nobody wrote this scenario, so nobody is told of its problems."""


def _compared(run: QuotedRun, job: _Job, estimated: tuple[Problem, Picked] | None) -> list[Claim]:
    """One claim per figure that the run states and that we estimate."""
    if estimated is None:
        ours, note = dict.fromkeys(_UNITS), "no such machine in the catalog"
    else:
        ours, note = _ours(run, job, *estimated)
    what = f"{run.model_size} {run.method}, {run.gpu_config}" + (f", {run.dataset}" if run.dataset else "")
    found = []
    for figure, unit in _UNITS.items():
        claim = float(getattr(run, figure))
        if np.isfinite(claim):
            mine = ours[figure]
            ratio = mine / claim if mine is not None else None
            found.append(
                Claim(
                    job=what, provider=run.provider, figure=figure, unit=unit, claim=claim, ours=mine, ratio=ratio,
                    note=note, source=run.source, as_of=run.as_of,
                )
            )  # fmt: skip
    return found


_UNITS: Final = {"hours": "hours", "cost_usd": "USD", "samples_per_s": "samples/s", "memory_gb": "GB"}


def _ours(run: QuotedRun, job: _Job, problem: Problem, picked: Picked) -> tuple[dict[str, float | None], str]:
    offers, stop = picked.joined.offers, picked.joined.stop[0]
    runs = np.flatnonzero((stop == OK) | (stop == MARGIN))
    if not len(runs):
        return dict.fromkeys(_UNITS), reason(int(stop[0]))
    same: Ints = runs[[offers.providers[p] == run.provider for p in offers.provider[runs]]] if run.provider else runs
    cost, hours = (picked.figures()[name] for name in ("cost", "time"))
    k = int(min(same if len(same) else runs, key=lambda row: (cost[row], row)))
    trained = float(picked.joined.timing.hours.train[0, k]) * 3600.0
    ours: dict[str, float | None] = {
        "hours": float(hours[k]),
        "cost_usd": float(cost[k]) if len(same) else None,
        "samples_per_s": job.samples * EPOCHS / trained,
        "memory_gb": float(picked.joined.memory_gib[0, k]) * job.count * GIB / GB,
    }
    note = "" if len(same) else f"{run.provider} rents out no such machine; time as elsewhere"
    return ours, note
