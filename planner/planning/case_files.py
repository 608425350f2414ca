"""The CSV files that a business case names: columns of spreads, histories of scale."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from pydantic import TypeAdapter

from planner.planning.case_tables import ColumnError, Table, read_column, read_table
from planner.planning.ready import Source
from planner.scenario.business_case import BusinessCase
from planner.scenario.case_options import ScalePart
from planner.scenario.case_spreads import AnyNumber, numbers_of, reader
from planner.scenario.paths import scenario_root
from planner.scenario.quantities import Count, Spent
from planner.scenario.spreads import Spread
from planner.source import InvalidInput, dotted
from planner.source import Path as Place
from planner.space.business_case.complaints import Complaints
from planner.space.dataset_places import Found, NamedFileError, find_named

LEAST_POINTS: Final = 3
"""An exponent needs so many: two always lie on a line."""
_LEAST_VALUES: Final = 2


@dataclass(slots=True)
class CaseFiles:
    """Files by their paths from the case, each read once; what is wrong with one is told where it is named."""

    source: Source
    found: Complaints
    usd_per_unit: Mapping[str, float]
    """Currency → USD for one unit."""
    _tables: dict[Path, Table | None] = field(default_factory=dict)

    @property
    def root(self) -> Path:
        """Nothing outside of it is read."""
        return scenario_root(Path.cwd() / "-" if isinstance(self.source, Mapping) else Path(self.source))

    def find(self, written: str, place: Place) -> Found | None:
        """The file that is named at a place; None where it may not be read, which is told."""
        own = "." if isinstance(self.source, Mapping) else os.fspath(self.source)
        home = self.found.document.file_at(place)
        try:
            return find_named(written, home if Path(home).is_file() else own, self.root)
        except NamedFileError as error:
            self.found.complain(place, error.message, error.hint)
            return None

    def values(self, scenario: BusinessCase) -> dict[str, tuple[float, ...]]:
        """Dotted place of a spread with a file → the values of its column."""
        columns: dict[str, tuple[float, ...]] = {}
        for number in numbers_of(scenario):
            if number.spread is not None and number.spread.file is not None:
                read = self._spread(number, number.spread, number.spread.file)
                if read is not None:
                    columns[dotted(number.place)] = read
        return columns

    def histories(self, scenario: BusinessCase) -> dict[str, tuple[tuple[float, float], ...]]:
        """Part of scale → (volume, cost in USD) of the rows that have both."""
        histories: dict[str, tuple[tuple[float, float], ...]] = {}
        for number, part in enumerate(scenario.scale):
            table = self._table(part.history, ("scale", number, "history")) if part.history is not None else None
            if table is not None and (points := self._history(part, number, table)):
                histories[part.name] = points
        return histories

    def _spread(self, number: AnyNumber, spread: Spread[float], file: str) -> tuple[float, ...] | None:
        table = self._table(file, (*number.place, "file"))
        if table is None:
            return None
        key = "column" if spread.column is not None else "file"
        column = self._column(table, spread.column, reader(number.form), (*number.place, key))
        if column is None:
            return None
        values = tuple(column.values())
        if len(values) < _LEAST_VALUES:
            self.found.complain(
                (*number.place, "file"), f"{table.found.shown} holds {len(values)} values, at least 2 needed"
            )
            return None
        return values

    def _history(self, part: ScalePart, number: int, table: Table) -> tuple[tuple[float, float], ...]:
        place: Place = ("scale", number)
        volumes = self._column(table, part.volume_column, TypeAdapter(list[Count]), (*place, "volume_column"))
        costs = self._column(table, part.cost_column, TypeAdapter(list[Spent]), (*place, "cost_column"))
        if volumes is None or costs is None:
            return ()
        points = [(volumes[row], costs[row]) for row in sorted(volumes.keys() & costs.keys())]
        shown = table.found.shown
        if len(points) < LEAST_POINTS:
            message = f"{shown} holds {len(points)} rows with a volume and a cost, at least {LEAST_POINTS} needed"
            self.found.complain(
                (*place, "history"), message, "or give scaled, with an exponent or a progress_ratio, yourself"
            )
            return ()
        if len({volume for volume, _ in points}) == 1:
            message = f"all rows of {shown} have the same volume, which says nothing of a larger scale"
            self.found.complain(
                (*place, "history"), message, "or give scaled, with an exponent or a progress_ratio, yourself"
            )
            return ()
        small = [cost for volume, cost in points if cost <= part.fixed_per_month + part.per_unit * volume]
        if small:
            parts = "the fixed and linear part" if part.per_unit else "the fixed part" if part.fixed_per_month else "0"
            message = f"{len(small)} of {len(points)} rows of {shown} cost no more than {parts}: ${small[0]:,.2f}"
            self.found.complain((*place, "history"), message, "nothing is left that could grow with the volume")
            return ()
        return tuple(points)

    def _column(
        self, table: Table, name: str | None, values: TypeAdapter[list[float]], place: Place
    ) -> Mapping[int, float] | None:
        """Row → value; what is wrong with the column is told, and rows without one are."""
        try:
            column = read_column(table, name, values, self.usd_per_unit)
        except ColumnError as error:
            self.found.complain(place, error.message, error.hint)
            return None
        except InvalidInput as error:
            self._add(error)
            return None
        if column.blank:
            said = f"{column.blank:,} of {len(table.rows):,} rows of {table.found.shown} have no value"
            self.found.warn(place, f"{said} and are left out")
        return column.values

    def _table(self, written: str, place: Place) -> Table | None:
        file = self.find(written, place)
        if file is None:
            return None
        if file.path not in self._tables:
            self._tables[file.path] = None
            try:
                self._tables[file.path] = read_table(file)
            except InvalidInput as error:
                self._add(error)
        return self._tables[file.path]

    def _add(self, error: InvalidInput) -> None:
        self.found.problems += error.problems
        self.found.texts |= error.texts
