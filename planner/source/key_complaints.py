"""Complaints about the keys of a mapping: unknown, missing, badly named."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from planner.source.amounts import hint_for
from planner.source.excerpt import quoted
from planner.source.fault import Fault
from planner.source.periods import period_hint
from planner.source.places import Span, dotted
from planner.source.problems import Problem
from planner.source.words import QUANTITIES, choices, closest, same

_SURE: Final = 0.8
"""Likeness from which a key elsewhere in the schema is taken for the one that was meant."""

_BEGINNING: Final = 3
"""Letters by which a key comes first among those that are allowed: `memory` for `mem_gib`."""

_GUESSED: Final = 50
"""Most unknown keys of one mapping that are compared with the missing ones."""


def unknown_keys(fault: Fault) -> Iterator[Problem]:
    """One problem for every key that the mapping may not have."""
    for key in _unknown(fault):
        yield fault.key_problem(
            "unknown-key", f"unknown key {quoted(key)}", key, _cut_off(fault, key) or _meant(fault, key)
        )


def missing_keys(fault: Fault) -> Iterator[Problem]:
    """One problem for every key that is not there, unless an unknown one was probably meant for it."""
    meant = {closest(key, _known(fault)) for key in _unknown(fault)[:_GUESSED]}
    for name in fault.asked:
        if name in fault.value or name in meant:
            continue
        span = fault.document.span(fault.path, key=True)
        if not fault.path:
            span = Span(span.line, span.column, span.line, span.column + 1)
        schema = _known(fault).get(name, {})
        at = dotted((*fault.path, name))
        file, message = fault.document.file_at(fault.path), f"missing key {quoted(name)}"
        yield Problem("missing-key", message, file, span, at, _wanted(fault, name, schema))


def bad_key(fault: Fault) -> Iterator[Problem]:
    """A key whose name does not have the form asked for."""
    key = fault.value
    hint = fault.about(fault.path, {})
    yield fault.key_problem("bad-form", f"key {quoted(key)} does not have the right form", key, hint)


def _known(fault: Fault) -> Mapping[str, Any]:
    properties: Mapping[str, Any] = fault.schema.get("properties", {})
    return properties


def _cut_off(fault: Fault, key: str) -> str | None:
    """What to write where a decimal comma inside braces cut a number off that before it."""
    keys = list(fault.value)
    at = keys.index(key)
    if not at or not key[:1].isdigit() or fault.value[key] is not None:
        return None
    before = fault.value[keys[at - 1]]
    place = (*fault.path, keys[at - 1])
    meant = (
        hint_for(f"{before},{key}", kind) or period_hint(f"{before}{key}", kind, place, fault.shapes)
        for kind in QUANTITIES
    )
    return next((f"inside braces a comma ends a value: {each}" for each in meant if each), None)


def _unknown(fault: Fault) -> list[str]:
    if fault.schema.get("additionalProperties", True) is not False:
        return []
    known = _known(fault)
    return [key for key in fault.value if key not in known and not fault.shapes.matches_pattern(fault.schema, key)]


def _wanted(fault: Fault, name: str, schema: object) -> str | None:
    """How to write a key that is missing."""
    form = fault.shapes.resolved(schema)
    if "const" in form:
        return f"write `{name}: {form['const']}`"
    return fault.about((*fault.path, name), schema)


def _meant(fault: Fault, key: str) -> str | None:
    """What an unknown key was probably meant to be."""
    here = _known(fault)
    guess = closest(key, here)
    if guess and same(guess, key):
        return f"did you mean {guess!r}?"
    elsewhere = fault.shapes.key_places
    if key in elsewhere:
        return f"{quoted(key)} belongs {_under(elsewhere[key])}"
    if guess:
        return f"did you mean {guess!r}?"
    # Whoever writes `discount` in an item of `discounts` does not mean the list around it.
    if (other := closest(key, elsewhere, _SURE)) and other not in fault.path:
        return f"did you mean {other!r}, {_under(elsewhere[other])}?"
    if here:
        alike = sorted(here, key=lambda name: (name[:_BEGINNING] != key[:_BEGINNING], name))
        return f"allowed here: {choices(alike)}".replace(" or ", " and ")
    return fault.about(fault.path, fault.schema)


def _under(places: tuple[str, ...]) -> str:
    """`under train or quality`, `at the top level`; of many places the first two."""
    if "" in places:
        return "at the top level"
    more = f" or {len(places) - 2} more" if len(places) > 2 else ""
    return f"under {', '.join(places[:2])}{more}" if more else f"under {' or '.join(places)}"
