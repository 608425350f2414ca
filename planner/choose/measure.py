"""Which one small measurement would most lower the risk of a decision, or whether a pilot is what helps.

Memory and step time are measured on one GPU. Quality is not: where it is the largest risk, the pilot of DOMAIN 4.3
rule 6 is what to pay for.
"""

from dataclasses import dataclass
from typing import Final

from planner.catalog.architecture import unlike_llama
from planner.catalog.names import resolve_model
from planner.catalog.rows import Catalog
from planner.choose.one_gpu_run import OneGpuRun, one_gpu_run
from planner.choose.risks import Risk, choice_risks, limit_risks, memory_risk, quality_risk
from planner.outcome import Configuration, Plan

PILOT_SHARE: Final = 1 / 16
"""Share of the data that a pilot trains each of the two candidates on (DOMAIN 4.3 rule 6)."""
PILOT_LIMIT: Final = 0.10
"""Share of the run's cost up to which a pilot is recommended without more ado (DOMAIN 4.3 rule 6)."""
LEAST_GAIN: Final = 0.005
"""A measurement that takes less than half a point off a risk is not worth the trip [E]."""


@dataclass(frozen=True, slots=True)
class Pilot:
    """Training two candidates on a little of the data."""

    rival: Configuration
    usd: float | None
    share_of_run: float | None


@dataclass(frozen=True, slots=True)
class Advice:
    """The risks of a decision, largest help first, and what to do about them."""

    configuration: Configuration
    risks: tuple[Risk, ...]
    """The largest of each kind: those that a GPU lowers by what it takes off, then quality."""
    chosen: Risk | None
    """The one to act on; None where nothing is worth measuring."""
    run: OneGpuRun | None
    pilot: Pilot | None
    obstacle: str = ""
    """Why the script cannot build the model to measure, so that there is no `run`."""


def advise(plan: Plan, c: Configuration, catalog: Catalog) -> Advice:
    """What to measure before relying on a configuration of a plan; the catalog tells which models can be built."""
    largest: dict[str, Risk] = {}
    for risk in (memory_risk(c), *limit_risks(plan, c), *choice_risks(plan, c)):
        if risk.kind not in largest or (risk.gain, risk.now) > (largest[risk.kind].gain, largest[risk.kind].now):
            largest[risk.kind] = risk
    measurable = sorted(largest.values(), key=lambda risk: (-risk.gain, -risk.now))
    quality = quality_risk(plan, c)
    risks = (*measurable, *([quality] if quality else []))
    if quality is not None and quality.now > max(risk.now for risk in measurable):
        return Advice(c, risks, quality, None, _pilot(c, quality.rival))
    best = measurable[0]
    if best.gain < LEAST_GAIN or best.measure is None:
        return Advice(c, risks, None, None, None)
    index = resolve_model(catalog, best.measure.model)
    obstacle = "it is not in the catalog" if index is None else unlike_llama(catalog.models[index])
    run = None if obstacle else one_gpu_run(best.measure, "memory" if best.kind == "memory" else "step time")
    return Advice(c, risks, best, run, None, obstacle)


def _pilot(c: Configuration, rival: Configuration | None) -> Pilot | None:
    if rival is None:
        return None
    if c.cost_usd is None or rival.cost_usd is None:
        return Pilot(rival, None, None)
    usd = PILOT_SHARE * (c.cost_usd + rival.cost_usd)
    return Pilot(rival, usd, usd / c.cost_usd)
