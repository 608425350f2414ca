"""`where` of a rule, budget or unit cost as a condition of SQL; values travel as parameters, never as text."""

from collections.abc import Iterable, Mapping
from typing import Any

from planner.errors import InputError


def quoted(column: str) -> str:
    """A column's name in SQL."""
    return '"' + column.replace('"', '""') + '"'


def like(pattern: str) -> str:
    """A pattern with * and ? as one of ILIKE with the escape sign !."""
    signs = {"*": "%", "?": "_", "%": "!%", "_": "!_", "!": "!!"}
    return "".join(signs.get(sign, sign) for sign in pattern)


def condition(where: Mapping[str, str | list[str]] | None, columns: Iterable[str]) -> tuple[str, list[Any]]:
    """The condition and its parameters; `true` without one. Raises InputError for a column that there is not."""
    known = set(columns)
    parts, values = ["true"], []
    for column, patterns in sorted((where or {}).items()):
        if column not in known:
            message = f"where: {column} is neither a dimension nor a column here; there are {', '.join(sorted(known))}"
            raise InputError(message)
        wanted = [patterns] if isinstance(patterns, str) else patterns
        parts.append(f"({' OR '.join([f'{quoted(column)} ILIKE ? ESCAPE chr(33)'] * len(wanted))})")
        values += [like(pattern) for pattern in wanted]
    return " AND ".join(parts), values


def told(where: Mapping[str, str | list[str]] | None) -> str:
    """The condition in words: team research, model llama-* or qwen-*; empty for all."""
    return ", ".join(
        f"{column.replace('_', ' ')} {patterns if isinstance(patterns, str) else ' or '.join(patterns)}"
        for column, patterns in (where or {}).items()
    )
