"""Run logs and MLflow → `runs` and `histories`."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from planner.calibrate.mlflow_runs import HistoryClient
from planner.errors import InputError
from planner.outcome.review.sources import SourceRead
from planner.scenario.spend_sources import Runs
from planner.spend.reading.cards import Cards
from planner.spend.reading.context import Reading
from planner.spend.reading.laying_runs import lay_runs
from planner.spend.reading.layouts import layouts_of
from planner.spend.reading.mlflow_records import mlflow_records
from planner.spend.reading.moments import future_from, local_day
from planner.spend.reading.naming import Wanted, listed
from planner.spend.reading.records import Record, Records
from planner.spend.reading.refusals import Refusals
from planner.spend.reading.run_columns import COLUMNS, METRICS, NEEDED
from planner.spend.reading.run_record import OTHER, RunMaker, RunRow
from planner.spend.store import Store

NO_CLIENT: Final = "where is MLflow? say --mlflow URI or set MLFLOW_TRACKING_URI"


def read_runs(
    store: Store, reading: Reading, source: Runs, name: str, files: Sequence[Path], client: HistoryClient | None = None
) -> SourceRead:
    """Add training runs to `runs`, and what they were at each evaluation to `histories`.

    A run that stands in several rows, files or sources is one: what ended counts before what runs, then the later end;
    what that row leaves open another fills. A row with anything wrong is refused with each reason. Raises InvalidInput
    for columns that are missing, InputError where MLflow is meant and no client is given, or it does not answer.
    """
    refusals = Refusals(name)
    maker = RunMaker(reading, Cards(reading.catalog))
    wanted = Wanted.of({**METRICS, **COLUMNS}, reading.told, source.columns)
    seen, notes = _Seen(store), []
    if source.mlflow is not None:
        if client is None:
            raise InputError(NO_CLIENT)
        _understand(mlflow_records(client, source.mlflow, wanted), maker, refusals, seen)
    else:
        unread: set[str] = set()
        for layout in layouts_of(reading, files, wanted, NEEDED, refusals):
            unread |= set(layout.unread)
            others = {f"{OTHER}{own.rpartition('.')[2]}": tuple(own.split(".")) for own in layout.unread}
            _understand(Records(replace(layout, at={**others, **layout.at}), refusals), maker, refusals, seen)
        if unread:
            notes.append(f"columns that are not read: {listed(sorted(unread))}")
    rejected = refusals.count
    refusals.store(store)
    days = sorted(local_day(store, run.started).isoformat() for run in seen.runs.values())
    duplicate = seen.duplicate + lay_runs(store, seen.runs)
    if maker.cards.unknown:
        notes.append(f"cards that the catalog does not have, or has several of: {listed(sorted(maker.cards.unknown))}")
    if maker.words:
        notes.append(f"statuses that are not understood: {listed(sorted(maker.words))}")
    return SourceRead(
        name=name, kind="runs" if source.mlflow is None else "mlflow", files=len(files),
        rows=seen.rows + rejected, kept=seen.rows - duplicate - seen.future, duplicate=duplicate, future=seen.future,
        rejected=rejected, first_day=days[0] if days else "", last_day=days[-1] if days else "", notes=notes,
    )  # fmt: skip


@dataclass(slots=True)
class _Seen:
    """Runs of the rows that can be used."""

    store: Store
    runs: dict[str, RunRow] = field(default_factory=dict)
    rows: int = 0
    duplicate: int = 0
    future: int = 0


def _understand(records: Iterable[Record], maker: RunMaker, refusals: Refusals, seen: _Seen) -> None:
    future = future_from(seen.store)
    for record in records:
        run, wrong = maker.run(record)
        for column, reason, value in wrong:
            refusals.row(record.file, record.row, record.named.get(column, column), reason, value)
        if run is None:
            continue
        seen.rows += 1
        if run.started >= future:
            seen.future += 1
        elif run.run in seen.runs:
            seen.duplicate += 1
            seen.runs[run.run] = seen.runs[run.run].joined(run)
        else:
            seen.runs[run.run] = run
