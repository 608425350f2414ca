"""One row of a run log → a run, with everything that is wrong with it."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from planner.catalog.names import resolve_provider
from planner.spend.reading.cards import Cards
from planner.spend.reading.context import Reading
from planner.spend.reading.histories import Entry, history_of
from planner.spend.reading.records import Record
from planner.spend.reading.run_columns import METRICS, higher_is_better
from planner.spend.reading.spelling import dimensions_of
from planner.spend.reading.statuses import status_of
from planner.spend.reading.values import Values

_GIB_PER_GB: Final = 1e9 / 2**30
_TIERS: Final[Mapping[str, str]] = {
    "spot": "spot", "preemptible": "spot", "interruptible": "spot", "true": "spot", "yes": "spot",
    "low_priority": "spot", "on_demand": "on_demand", "ondemand": "on_demand", "standard": "on_demand",
    "false": "on_demand", "no": "on_demand", "reserved": "reserved_1y", "committed": "reserved_1y",
    "capacity_block": "on_demand",
}  # fmt: skip
"""Words for the way to rent → as the catalog's tiers are called."""
OTHER: Final = "other "
"""Stands before the names of columns that are nothing else, of which one may be the metric."""
_NEVER: Final = dt.datetime(1970, 1, 1)
"""Start of a run that has none and is refused for it."""
_ENDED: Final = ("ok", "failed", "preempted", "stopped")


@dataclass(frozen=True, slots=True)
class RunRow:
    """A run as the table `runs` has it; unknown text is '', an unknown number None."""

    run: str
    started: dt.datetime
    place: str
    dimensions: Mapping[str, str]
    job: str = ""
    scenario: str = ""
    version: str = ""
    method: str = ""
    stack: str = ""
    gpu: str = ""
    gpu_count: float | None = None
    provider: str = ""
    region: str = ""
    tier: str = ""
    ended: dt.datetime | None = None
    status: str = ""
    epochs: float | None = None
    samples: float | None = None
    tokens: float | None = None
    metric: str = ""
    value: float | None = None
    higher_is_better: bool | None = None
    cost_usd: float | None = None
    storage_gib: float | None = None
    egress_gib: float | None = None
    history: tuple[Entry, ...] = field(default=())

    def joined(self, later: "RunRow") -> "RunRow":
        """This run with what another row says of it: the one that ended counts, then the later end, then `later`."""
        rank = [(run.status in _ENDED, run.ended or dt.datetime.min) for run in (self, later)]
        first, second = (later, self) if rank[1] >= rank[0] else (self, later)
        blank = {
            name: getattr(second, name)
            for name in self.__dataclass_fields__
            if getattr(first, name) in ("", None, ()) and name not in ("status", "place")
        }
        dimensions = {name: value or second.dimensions.get(name, "") for name, value in first.dimensions.items()}
        started = min(self.started, later.started)
        return replace(first, **{**blank, "dimensions": dimensions, "started": started})


@dataclass(slots=True)
class RunMaker:
    """Makes runs of rows, and remembers words that it did not understand."""

    reading: Reading
    cards: Cards
    usd_per_unit: float = 1.0
    words: set[str] = field(default_factory=set)
    """Statuses that nobody knows."""

    def run(self, record: Record) -> tuple[RunRow | None, list[tuple[str, str, Any]]]:
        """The run, or what is wrong with its row: column, reason and value of each."""
        values = Values(record)
        started, ended = values.moment("started"), values.moment("ended")
        if started is None and not any(column == "started" for column, *_ in values.wrong):
            values.wrong.append(("started", "the run has no start", ""))
        hours = values.number("hours")
        hours = values.hours("seconds") if hours is None else hours
        job = values.text("job")
        name = values.text("run") or (f"{job} {started:%Y-%m-%dT%H:%M:%S}" if job and started else "")
        if not name and started is not None:
            values.wrong.append(("run", "the row names neither run nor job", ""))
        if started is not None and ended is None and hours is not None:
            try:
                ended = started + dt.timedelta(hours=hours)
            except OverflowError:
                values.wrong.append(("hours", "is longer than there is time", hours))
        if started is not None and ended is not None and ended < started:
            reason = f"is before the start, {started:%Y-%m-%dT%H:%M:%SZ}"
            values.wrong.append(("ended", reason, record.cells.get("ended", "")))
        bare = RunRow(name, started or _NEVER, record.place, dimensions_of(record.cells, self.reading.told))
        made = self._made(values, bare, job)
        return (None, values.wrong) if values.wrong else (replace(made, ended=ended), [])

    def _made(self, values: Values, run: RunRow, job: str) -> RunRow:
        metric, value = self._metric(values)
        gpu, count = self._gpu(values)
        written = values.text("status")
        status = status_of(written)
        if status is None:
            self.words.add(written)
        history = history_of(values, run.started, metric)
        if value is None and metric:
            value = next((entry.value for entry in reversed(history) if entry.value is not None), None)
        better = values.text("higher_is_better").lower()
        known = None if not better else better in ("true", "1", "yes", "y", "max", "maximize")
        provider = values.text("provider")
        place = resolve_provider(self.reading.catalog, provider) if provider else None
        cost = values.number("cost")
        return replace(
            run, job=job, scenario=values.text("scenario"), version=values.text("version"),
            method=values.text("method").lower(), stack=values.text("stack"), gpu=gpu, gpu_count=count,
            provider=provider if place is None else self.reading.catalog.providers[place].id,
            region=values.text("region"), tier=self._tier(values.text("tier")), status=status or "",
            epochs=values.number("epochs"), samples=values.number("samples"), tokens=values.number("tokens"),
            metric=metric, value=value, higher_is_better=higher_is_better(metric) if known is None else known,
            cost_usd=None if cost is None else cost * self.usd_per_unit,
            storage_gib=_gib(values, "storage"), egress_gib=_gib(values, "egress"), history=history,
        )  # fmt: skip

    def _metric(self, values: Values) -> tuple[str, float | None]:
        """Name and value: as told, else the first that one of the known names has."""
        metric, cells = values.text("metric"), values.record.cells
        if "value" in cells:
            return metric or "value", values.checked("value", cells["value"], negative=True)
        if metric:
            own = next((n for n in (metric, f"{OTHER}{metric}", f"{OTHER}eval_{metric}") if n in cells), None)
            return metric, None if own is None else values.checked(metric, cells[own], negative=True)
        for name in METRICS:
            if name in cells and (found := values.checked(name, cells[name], negative=True)) is not None:
                return name, found
        return "", None

    def _gpu(self, values: Values) -> tuple[str, float | None]:
        gpu, in_name = self.cards.find(values.text("gpu"))
        count = values.number("gpu_count")
        if not gpu and (instance := values.text("instance")):
            gpu, of_machine = self.cards.of_instance(instance)
            in_name = in_name or of_machine
        return gpu, in_name if count is None else count

    @staticmethod
    def _tier(written: str) -> str:
        word = "_".join(written.lower().replace("-", " ").split())
        return _TIERS.get(word, word)


def _gib(values: Values, name: str) -> float | None:
    found = values.number(f"{name}_gib")
    if found is None and (in_gb := values.number(f"{name}_gb")) is not None:
        found = in_gb * _GIB_PER_GB
    return found
