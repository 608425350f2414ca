"""Past runs with what they cost, and their curves."""

import datetime
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields

import numpy as np

from planner.catalog.rows import Floats
from planner.spend.advice.found import Touched, Trust
from planner.spend.advice.history import LEAST_DAYS, History
from planner.spend.advice.own_rates import WAY, card_key
from planner.spend.sums import total

_TEXTS = ("run", "job", "model", "team", "method", "gpu", "provider", "region", "status", "metric", "cost_from")
_SELECTED = ", ".join(f"coalesce(r.{name}, '')" for name in _TEXTS)
BILLED = f"""
    SELECT run, {total("effective_usd")} AS paid,
        CASE WHEN count(list_usd) = count(*) THEN {total("list_usd")} END AS listed, {total("gpu_hours")} AS gpu_hours,
        CASE WHEN count(DISTINCT {WAY}) = 1 THEN max({WAY}) END AS tier
    FROM gpu_hourly WHERE run <> '' GROUP BY run"""
"""What the bill says of a run's GPUs: cost, list price, hours, and the way they were rented where that is one."""
TIER = "coalesce(nullif(r.tier, ''), b.tier, '')"
"""How a run was rented: as it says, else as the bill does."""


@dataclass(frozen=True, slots=True)
class PastRun:
    """A run of the history; NaN is unknown."""

    run: str
    job: str
    model: str
    team: str
    method: str
    gpu: str
    provider: str
    region: str
    status: str
    metric: str
    cost_from: str
    tier: str
    started: datetime.datetime
    higher_is_better: bool | None
    gpu_count: float
    hours: float
    """From start to end."""
    epochs: float
    samples: float
    value: float
    cost_usd: float
    """Of its GPUs by the bill, where that names the run; else what the run says."""

    @property
    def gpu_hours(self) -> float:
        """From start to end, on all of its GPUs."""
        return self.hours * self.gpu_count

    @property
    def finished(self) -> bool:
        """It came to its end, or to the one that somebody gave it; a log without a word on that has runs that did."""
        return self.status in ("ok", "stopped", "")

    @property
    def group(self) -> str:
        """Whose runs are held against each other: those of a job, else of a model."""
        return self.job or self.model


def past_runs(history: History, days: int) -> list[PastRun]:
    """The runs that started in the last days and have ended, oldest first."""
    since, until = history.window(days)
    rows = history.store.rows(
        f"SELECT {_SELECTED}, {TIER}, started, higher_is_better, "
        "gpu_count, epoch(ended - started) / 3600.0, epochs, samples, value, coalesce(b.paid, r.cost_usd) "
        f"FROM runs r LEFT JOIN ({BILLED}) b ON b.run = r.run "
        "WHERE started >= ? AND started < ? AND ended > started AND ended <= ? ORDER BY started, r.run, ended, place",
        [since, until, until],
    )
    numbers = len(fields(PastRun)) - len(_TEXTS) - 3
    return [
        PastRun(*row[:-numbers], *(math.nan if value is None else float(value) for value in row[-numbers:]))
        for row in rows
    ]


@dataclass(frozen=True, slots=True)
class Curve:
    """A run's evaluations in order."""

    run: PastRun
    share: Floats
    """(E,) of the run's time, or steps, that was over; ascending."""
    epoch: Floats
    """(E,); NaN where unknown."""
    value: Floats
    """(E,) of the metric, else of the loss; all known."""
    higher: bool
    """Whether more is better."""
    by_metric: bool
    """Whether values are the metric's, not the loss's."""

    @property
    def best(self) -> Floats:
        """(E,) best value so far."""
        return np.asarray((np.maximum if self.higher else np.minimum).accumulate(self.value), np.float64)

    @property
    def kept(self) -> Floats:
        """(E,) share of the run's best that it had by then: value over best, of losses best over value.

        NaN where the metric is not positive throughout: a share of it then means nothing.
        """
        best = self.best
        if not (best > 0.0).all():
            return np.full(len(best), np.nan)
        return np.asarray(best / best[-1] if self.higher else best[-1] / best, np.float64)


def curves(history: History, runs: list[PastRun]) -> Iterator[Curve]:
    """The runs' evaluations, of those that have two or more: the metric where its direction is known, else the loss."""
    by_id = {run.run: run for run in runs}
    numbered = "(SELECT run, row_number() OVER (ORDER BY run) AS number FROM (SELECT DISTINCT run FROM histories))"
    names = dict(history.store.rows(f"SELECT number, run FROM {numbered}"))
    table = history.store.connection.execute(
        f"SELECT number, step, epoch, hours, loss, value FROM histories JOIN {numbered} USING (run) "
        "ORDER BY number, step NULLS LAST, epoch NULLS LAST, hours NULLS LAST, loss, value"
    ).fetchnumpy()
    numbers = np.asarray(table["number"], np.int64)
    if not len(numbers):
        return
    columns = {
        name: np.ma.filled(np.ma.asarray(table[name], np.float64), np.nan)
        for name in ("step", "epoch", "hours", "loss", "value")
    }
    cuts = np.flatnonzero(numbers[1:] != numbers[:-1]) + 1
    for first, last in zip([0, *cuts.tolist()], [*cuts.tolist(), len(numbers)], strict=True):
        run = by_id.get(names[int(numbers[first])])
        curve = None if run is None else _curve(run, {name: column[first:last] for name, column in columns.items()})
        if curve is not None:
            yield curve


def _curve(run: PastRun, columns: dict[str, Floats]) -> Curve | None:
    by_metric = run.higher_is_better is not None and np.isfinite(columns["value"]).sum() >= 2
    value = columns["value"] if by_metric else columns["loss"]
    seen = np.isfinite(value)
    if seen.sum() < 2:
        return None
    share = _share(run, columns)
    if share is None or not np.isfinite(share[seen]).all():
        return None
    return Curve(
        run, share[seen], columns["epoch"][seen], value[seen], by_metric and bool(run.higher_is_better), by_metric
    )


def _share(run: PastRun, columns: dict[str, Floats]) -> Floats | None:
    """How much of the run was over: by its hours, else by epochs, else by steps."""
    whole = {"hours": run.hours, "epoch": run.epochs, "step": math.nan}
    for name, all_of_it in whole.items():
        column = columns[name]
        if np.isfinite(column).all() and column[-1] > 0.0 and (np.diff(column) >= 0.0).all():
            return np.asarray(column / max(float(np.nan_to_num(all_of_it)), float(column[-1])), np.float64)
    return None


def touched(runs: list[PastRun]) -> Touched:
    """Whose money these runs are."""
    cards = {card_key((run.provider, run.gpu)) for run in runs if run.gpu}
    return Touched(frozenset(f"run {run.run}" for run in runs), frozenset(cards))


def trust_in(runs: Sequence[PastRun]) -> Trust:
    """How sure what they cost is: hours at the catalog's price are no bill."""
    return "medium" if any(run.cost_from == "catalog" for run in runs) else "high"


def looked_at_from(history: History, runs: Sequence[PastRun]) -> datetime.date:
    """First day of what these runs are spread over: theirs, and no later than four weeks before the end.

    A single run of yesterday is none a day.
    """
    return min(history.day(min(run.started for run in runs)), history.first(LEAST_DAYS))


def recent(history: History, runs: list[PastRun], days: int) -> bool:
    """Whether any of them started in the last days: advice is on what still goes on."""
    return any(run.started >= history.store.begin(history.first(days)) for run in runs)
