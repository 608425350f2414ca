"""What names of prices mean: families of cards, and what there is where nothing matches."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from planner.catalog.prices.history_files import History
    from planner.catalog.rows import Catalog
    from planner.cli.price_options import Picked

_COLUMNS: Final = ("provider", "instance", "region", "tier", "gpu")
_LISTED: Final = 6
"""Values that are told."""
Held = Sequence[Mapping[str, str]]
"""Prices by their names, one for each that there is."""


def held_names(history: History) -> Held:
    """The names of the prices that a history holds."""
    found = history.select(f"SELECT DISTINCT {', '.join(_COLUMNS)} FROM prices ORDER BY ALL")
    columns = [found[name].tolist() for name in _COLUMNS]
    return [dict(zip(_COLUMNS, values, strict=True)) for values in zip(*columns, strict=True)]


def with_families(wanted: Picked, held: Held, catalog: Callable[[], Catalog]) -> Picked:
    """The filters with every card that a name means, as `planner prices show` reads it; others stay as they are."""
    from planner.catalog.models import id_of
    from planner.catalog.names import resolve_gpus

    cards = {row["gpu"] for row in held}
    names: list[str | int] = []
    for name in wanted.get("gpu", ()):
        wanted_id = id_of(str(name))
        meant: list[str] = sorted({wanted_id} & cards or {one for one in cards if one.startswith(f"{wanted_id}-")})
        if not meant:
            known = catalog()
            meant = [known.gpus[at].id for at in resolve_gpus(known, str(name))]
        names += meant or [name]
    return {**wanted, "gpu": tuple(dict.fromkeys(names))} if names else wanted


def what_there_is(wanted: Mapping[str, Sequence[object]], held: Held) -> list[str]:
    """For each filter that nothing passes beside the others, what would: the nearest, else the first few."""
    from planner.catalog.names import suggest

    told = []
    for column, asked in wanted.items():
        beside = [row for row in held if all(row[name] in values for name, values in wanted.items() if name != column)]
        there = sorted({row[column] for row in beside})
        if not there or set(asked) & set(there):
            continue
        near = next((found for name in asked if (found := suggest(str(name), there))), None)
        more = f" and {len(there) - _LISTED} more" if len(there) > _LISTED else ""
        known = f"did you mean {near!r}?" if near else f"there is {', '.join(there[:_LISTED])}{more}"
        told.append(f"no {column} {' or '.join(map(repr, asked))}{' beside the rest' * (len(wanted) > 1)}; {known}")
    return told
