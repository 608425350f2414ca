"""Which column of a file is meant: by the source's own `columns`, else by the names in which people log."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from planner.catalog.names import suggest
from planner.scenario.spend_rules import Told
from planner.source import Problem, Span
from planner.source.excerpt import quoted
from planner.traffic.columns import plain

_MOST_NAMED: Final = 12
Paths = Mapping[str, tuple[str, ...]]
"""Column that is meant → where it stands: the name of a column, or the keys that lead to it."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Columns that a kind of source may have."""

    names: Mapping[str, tuple[str, ...]]
    """Column → its names, the likeliest first, in lower case with underscores."""
    columns: Mapping[str, str]
    """Column → what the source says the file calls it; comes before the names."""

    @classmethod
    def of(
        cls, fields: Mapping[str, tuple[str, ...]], told: Mapping[str, Told], columns: Mapping[str, str]
    ) -> "Wanted":
        """The fields of a kind, and the dimensions by where they are told or by their own name."""
        known = dict(fields)
        for dimension, where in told.items():
            own = tuple(plain(name) for name in (*where.columns, *where.tags))
            known[dimension] = tuple(dict.fromkeys((*own, dimension, *fields.get(dimension, ()))))
        return cls(known, {_field(name, known): own for name, own in columns.items()})

    def strange(self, file: str) -> list[Problem]:
        """Keys of the source's `columns` that mean nothing."""
        known = [one for field, names in self.names.items() for one in (field, *names)]
        return [
            _problem(file, f"columns: {quoted(name)} is no column that is read here", _near(name, known))
            for name in self.columns
            if name not in self.names
        ]

    def among(self, paths: Iterable[tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
        """Where each column stands among these; the told one, then the outer, then the likelier, then the first."""
        there = list(dict.fromkeys(paths))
        best: dict[str, tuple[int, int, int]] = {}
        for at, path in enumerate(there):
            written = (plain(path[-1]), plain(path[-1].rpartition(".")[2]))
            for field, names in self.names.items():
                for name in written:
                    if name in names:
                        place = (len(path), names.index(name), at)
                        best[field] = min(best.get(field, place), place)
                        break
        found = {field: there[at] for field, (_, _, at) in best.items()}
        for field, name in self.columns.items():
            exact = [path for path in there if name in (path[-1], ".".join(path))]
            if exact and field in self.names:
                found[field] = exact[0]
        return found

    def complaints(
        self, file: str, paths: Sequence[tuple[str, ...]], found: Paths, needed: Sequence[str | tuple[str, ...]],
        line: int = 1, *, all_there: bool = True,
    ) -> list[Problem]:  # fmt: skip
        """Columns that are needed and missing (of several together, one is enough), and told ones that the file lacks.

        `all_there` says that the file cannot have further columns below.
        """
        written = [".".join(path) for path in paths]
        free = [".".join(path) for path in paths if path not in found.values()]
        problems = []
        for name, own in self.columns.items():
            if all_there and name in self.names and own not in written and all(own != path[-1] for path in paths):
                message = f"has no column {quoted(own)}, which `columns` names for {name}"
                problems.append(_problem(file, message, _near(own, written) or _has(written), line))
        for each in needed:
            ways = (each,) if isinstance(each, str) else each
            if not any(way in found for way in ways) and not any(way in self.columns for way in ways):
                names = [name for way in ways for name in self.names[way]]
                near = next((own for own in free if suggest(own, names)), None)
                first = [self.names[way][0] for way in ways]
                hint = f"is {quoted(near)} meant to be it? say so with columns: {{{first[0]}: {near}}}" if near else ""
                message = f"has no column {' or '.join(first)}"
                problems.append(_problem(file, message, hint or _has(written), line))
        return problems

    def unread(self, paths: Sequence[tuple[str, ...]], found: Paths) -> list[str]:
        """Columns that are not read, with the name that was probably meant where one is near."""
        used = set(found.values())
        return [".".join(path) for path in paths if path not in used]


def listed(names: Sequence[str], spell: Callable[[object], str] = quoted) -> str:
    """At most twelve names, quoted."""
    more = f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
    return ", ".join(spell(name) for name in names[:_MOST_NAMED]) + more


def _field(name: str, known: Mapping[str, tuple[str, ...]]) -> str:
    """The column that a source's `columns` means: its own name comes before one of its others."""
    return name if name in known else next((field for field, names in known.items() if plain(name) in names), name)


def _has(written: Sequence[str]) -> str:
    return f"it has {listed(written)}" if written else "it has none"


def _near(name: str, names: Iterable[str]) -> str:
    found = suggest(name, names)
    return f"did you mean {quoted(found)}?" if found else ""


def _problem(file: str, message: str, hint: str, line: int = 0) -> Problem:
    span = Span(line, 1, line, 2) if line else None
    return Problem("spend-columns", message, file, span, hint=hint or None)
