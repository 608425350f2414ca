"""Less data: the smallest number of samples at which past runs kept enough of the metric.

Where four sizes or more lie on a power law err = a*D^-b (DOMAIN 4.1), the size is where the law keeps enough, never
outside of what was tried; else it is the smallest that was tried whose runs bear it out: the share that their median
keeps, resampled (Efron 1979), is enough in 95 of 100 cases. A larger run is priced for the GPU-hours that runs of that
size took, at what its own cost.
"""

import math
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from planner.catalog.rows import Floats
from planner.spend.advice.found import Found, Trust
from planner.spend.advice.history import LONGEST_DAYS, RECENT_DAYS, History
from planner.spend.advice.past_runs import PastRun, looked_at_from, past_runs, recent, touched
from planner.spend.advice.spread import SEED
from planner.units import compact, share_text

FEWEST_SIZES: Final = 3
LAW_SIZES: Final = 4
DRAWS: Final = 1000
LAW_SD: Final = 0.1
"""Most that sizes may lie off the law, as a standard deviation of ln."""


@dataclass(frozen=True, slots=True)
class Sizes:
    """Runs of one job by number of samples."""

    samples: Floats
    """(S,) ascending."""
    value: Floats
    """(S,) median of the metric."""
    gpu_hours: Floats
    """(S,) median."""
    drawn: Floats
    """(S, DRAWS) medians of the metric over runs drawn again, with replacement."""
    higher: bool

    @property
    def kept(self) -> Floats:
        """(S,) share of the best median."""
        return _kept(self.value[:, None], self.higher)[:, 0]

    @property
    def surely_kept(self) -> Floats:
        """(S,) the same, which all but 5 % of the draws keep at least."""
        return np.asarray(np.quantile(_kept(self.drawn, self.higher), 0.05, axis=1), np.float64)


@dataclass(frozen=True, slots=True)
class Enough:
    """How many samples do."""

    samples: float
    law: tuple[float, float] | None
    """a and b; None where only sizes that were tried are looked at."""
    kept: float


def _kept(value: Floats, higher: bool) -> Floats:
    """(S, N) share of the best of each column."""
    return np.asarray(value / value.max(axis=0) if higher else value.min(axis=0) / value, np.float64)


def sizes_of(runs: Sequence[PastRun]) -> Sizes | None:
    """The runs by size; None where there are too few, or the metric is not positive."""
    by: dict[float, list[PastRun]] = defaultdict(list)
    for run in runs:
        by[run.samples].append(run)
    if len(by) < FEWEST_SIZES or any(not run.value > 0.0 for run in runs):
        return None
    order = sorted(by)

    def medians(name: str) -> Floats:
        return np.array([np.median([getattr(run, name) for run in by[size]]) for size in order])

    rng = np.random.default_rng(SEED)
    drawn = [np.median(rng.choice([run.value for run in by[size]], (DRAWS, len(by[size]))), axis=1) for size in order]
    higher = bool(runs[0].higher_is_better)
    return Sizes(np.array(order), medians("value"), medians("gpu_hours"), np.array(drawn), higher)


def fitted(sizes: Sizes) -> tuple[float, float] | None:
    """A and b of err = a*D^-b by least squares on ln; None where it is no law: too few sizes, or off it.

    The error is the loss, or 1 - the metric where more is better and it lies between 0 and 1.
    """
    error = 1.0 - sizes.value if sizes.higher else sizes.value
    if len(sizes.samples) < LAW_SIZES or (error <= 0.0).any():
        return None
    slope, at_one = np.polyfit(np.log(sizes.samples), np.log(error), 1).tolist()
    off = np.log(error) - (at_one + slope * np.log(sizes.samples))
    if not slope < 0.0 or math.sqrt(float(off @ off) / (len(off) - 2)) > LAW_SD:
        return None
    return math.exp(at_one), -slope


def enough(sizes: Sizes, least: float) -> Enough:
    """The fewest samples that keep this share of the best."""
    law = fitted(sizes)
    small, large = float(sizes.samples[0]), float(sizes.samples[-1])
    if law is not None:
        a, b = law
        end = a * large**-b
        error = 1.0 - least * (1.0 - end) if sizes.higher else end / least if least > 0.0 else math.inf
        samples = min(max((a / error) ** (1.0 / b), small), large)
        err = a * samples**-b
        return Enough(samples, law, (1.0 - err) / (1.0 - end) if sizes.higher else end / err)
    # All larger sizes must keep as much, else a lucky small one decides.
    kept = np.minimum.accumulate(sizes.surely_kept[::-1])[::-1]
    fits = np.flatnonzero(kept >= least)
    at = int(fits[0]) if len(fits) else len(kept) - 1
    return Enough(float(sizes.samples[at]), None, float(sizes.kept[at]))


def find(history: History) -> Iterator[Found]:
    """One for each job, or model, of which runs with more samples cost more than what fewer would have."""
    least = history.settings.quality_kept
    groups: dict[tuple[str, ...], list[PastRun]] = defaultdict(list)
    for run in past_runs(history, LONGEST_DAYS):
        known = all(math.isfinite(x) and x > 0.0 for x in (run.samples, run.gpu_hours, run.cost_usd))
        known = known and math.isfinite(run.value)
        if run.group and run.status in ("ok", "") and run.higher_is_better is not None and known:
            groups[run.group, run.method, run.metric, str(run.higher_is_better)].append(run)
    for (group, method, metric, _), runs in sorted(groups.items()):
        sizes = sizes_of(runs)
        if sizes is None or not recent(history, runs, RECENT_DAYS):
            continue
        found = enough(sizes, least)
        larger = [run for run in runs if run.samples > found.samples]
        if not larger:
            continue
        name = metric.replace("_", " ")
        gpu_hours = float(np.interp(found.samples, sizes.samples, sizes.gpu_hours))
        saved = np.array([run.cost_usd * (1.0 - gpu_hours / run.gpu_hours) for run in larger])
        if not saved.sum() > 0.0:
            continue
        tried = len([run for run in runs if run.samples == found.samples])
        trust: Trust = "medium" if found.law is not None or tried > 1 else "low"
        yield Found(
            kind="dataset",
            about=group,
            text=f"Train {group} on {compact(found.samples)} samples in place of {compact(sizes.samples[-1])}.",
            savings_usd=saved,
            first=looked_at_from(history, runs),
            end=history.end,
            steps=(
                f"Draw {compact(found.samples)} samples that stand for all, the best of them first.",
                "Evaluate once against a run on all of them before it becomes the rule.",
            ),
            risk=(
                f"{name or 'The metric'} {_value(sizes, found):.3g} in place of {_value(sizes):.3g} at the median, "
                f"{share_text(found.kept, 1)} of it; rare cases may lose more."
            ),
            basis=_basis(history, runs, sizes, found, method, gpu_hours),
            touched=touched(larger),
            at_most=trust,
        )


def _value(sizes: Sizes, found: Enough | None = None) -> float:
    """The best median of the metric, or what is kept of it."""
    best = float(sizes.value.max() if sizes.higher else sizes.value.min())
    kept = 1.0 if found is None else found.kept
    return best * kept if sizes.higher else best / kept


def _basis(
    history: History, runs: Sequence[PastRun], sizes: Sizes, found: Enough, method: str, gpu_hours: float
) -> str:  # fmt: skip
    way = (
        f"a power law through them, error = {found.law[0]:.3g} * samples^-{found.law[1]:.3g}"
        if found.law is not None
        else "the smallest of them that surely kept enough, as did all larger ones"
    )
    return (
        f"{len(runs)} runs{f' of {method}' if method else ''} from {history.day(runs[0].started)} on with "
        f"{len(sizes.samples)} numbers of samples: {way}. A run of that size took {gpu_hours:,.3g} GPU-hours "
        "at the median; each larger run is priced for so many at what its own cost."
    )
