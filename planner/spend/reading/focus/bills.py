"""A bill in the FOCUS format, read as a whole."""

from collections.abc import Sequence
from pathlib import Path

from planner.errors import InputError
from planner.outcome.review.sources import SourceRead
from planner.scenario.spend_rules import Told
from planner.scenario.spend_sources import Bill
from planner.source.excerpt import shortened, visible
from planner.spend.reading.context import Reading
from planner.spend.reading.focus.cells import fill_cells, fill_charged, fill_gpu_hourly, fill_summed
from planner.spend.reading.focus.dimensions import fill_dimensions
from planner.spend.reading.focus.expressions import told_columns
from planner.spend.reading.focus.files import BillFile, opened
from planner.spend.reading.focus.invoices import fill_billed_months
from planner.spend.reading.focus.kinds import fill_known
from planner.spend.reading.focus.machines import fill_machines
from planner.spend.reading.focus.meters import fill_units
from planner.spend.reading.focus.overlaps import fill_losers, fill_starts
from planner.spend.reading.focus.refusing import refuse
from planner.spend.reading.focus.staging import clear, stage
from planner.spend.reading.focus.totals import source_read
from planner.spend.store import Store


def read_bill(store: Store, reading: Reading, source: Bill, name: str, files: Sequence[Path]) -> SourceRead:
    """Add a bill's charges to `cells`, its GPU-hours to `gpu_hourly` and refused rows to `rejects`.

    Amounts are read as decimals (twelve places) in the bill's currency: read = kept + duplicate + replaced + future +
    rejected holds exactly, per currency. In `cells` they are USD, a day's sum rounded to nine places. How a charge
    finds its day says `cells.py`, which of repeated rows count `overlaps.py`, and what a row is refused for
    `expressions.CHECKS` and `kinds.py`. Raises InputError that names every file that cannot be used, and why.
    Source: FOCUS 1.0 to 1.3; GPU-hours are ConsumedQuantity, in hours, times GpuCount.
    """
    import duckdb  # an extra of its own

    told = {dimension: reading.told.get(dimension, Told()) for dimension in store.dimensions}
    found = opened(store, reading, files, source.columns)
    asked = dict.fromkeys(column for names in told_columns(told).values() for column in names)
    columns = tuple(name for name in asked if any(file.header.place((name,)) is not None for file in found))
    try:
        _read(store, reading, source, name, found, columns, told)
        spread_by_hour = fill_gpu_hourly(store)
        return source_read(store, name, found, spread_by_hour=spread_by_hour, told=told)
    except duckdb.Error as error:
        message = f"the bill {name} cannot be summed up: {shortened(visible(str(error).splitlines()[0]), 300)}"
        raise InputError(message) from error
    finally:
        clear(store)


def _read(
    store: Store, reading: Reading, source: Bill, name: str, files: list[BillFile], columns: tuple[str, ...],
    told: dict[str, Told],
) -> None:  # fmt: skip
    read = stage(store, files, columns)
    fill_known(store, len(columns), reading)
    refuse(store, name, files, read)
    fill_units(store)
    fill_machines(store, reading.catalog)
    fill_dimensions(store, told, columns)
    fill_charged(store)
    fill_starts(store)
    fill_losers(store, source.overlap)
    fill_summed(store)
    fill_cells(store, name)
    fill_billed_months(store, name)
