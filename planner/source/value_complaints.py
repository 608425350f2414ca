"""Complaints about single values: of the wrong type, not allowed, out of range, too long, twice."""

import re
from collections.abc import Iterator

from planner.source.amounts import hint_for
from planner.source.excerpt import quoted
from planner.source.fault import Fault
from planner.source.forms import form_hint
from planner.source.periods import period_hint
from planner.source.problems import Problem
from planner.source.scalars import resolve
from planner.source.shapes import type_of
from planner.source.words import QUANTITIES, by_part, choices, closest, either, found, type_words
from planner.units import parse_quantity

_BOUNDS = {
    "minimum": "at least",
    "exclusiveMinimum": "more than",
    "maximum": "at most",
    "exclusiveMaximum": "less than",
}
_THINGS = {"Items": "item", "Length": "character", "Properties": "key"}
_THOUSANDS = re.compile(r"(?<![\d.])[1-9]\d{0,2}(?:,\d{3})+(?!\d)")
_SWITCHES = {"yes": "true", "on": "true", "y": "true", "no": "false", "off": "false", "n": "false"}


def wrong_type(fault: Fault) -> Iterator[Problem]:
    """A value of a JSON type that is not asked for."""
    types = [fault.asked] if isinstance(fault.asked, str) else fault.asked
    expected = QUANTITIES[fault.quantity] if fault.quantity else either(type_words(types))
    yield mistyped(fault, expected, frozenset(types))


def mistyped(fault: Fault, expected: str, types: frozenset[str]) -> Problem:
    """A value that is none of the things expected; the hint says how to make it one, where that is clear."""
    return fault.problem("wrong-type", f"expected {expected}, found {found(fault.value)}", _repair(fault, types))


def not_allowed(fault: Fault) -> Iterator[Problem]:
    """A value that is not in a list of names, or not the only one."""
    names = list(fault.asked) if fault.keyword == "enum" else [fault.asked]
    message = f"{_shown(fault.value)} is not one of {choices(names)}"
    if len(names) == 1:
        message = f"expected {_shown(names[0])}, found {found(fault.value)}"
    known = [name for name in names if _is_text(name)]
    guess = closest(fault.value, known) or by_part(fault.value, known) if isinstance(fault.value, str) else None
    other = fault.schema.get("x-else")
    hint = f"did you mean {guess!r}?{f' else {other}' if other else ''}" if guess else other
    yield fault.problem("not-allowed", message, hint)


def bad_form(fault: Fault) -> Iterator[Problem]:
    """Text that does not match a pattern; of a quantity, what it should have been."""
    if fault.quantity:
        yield _no_quantity(fault, fault.quantity)
    else:
        message = f"{quoted(fault.value)} does not have the right form"
        meant = form_hint(fault.schema.get("x-form", ""), fault.value)
        yield fault.problem("bad-form", message, meant or fault.advice or f"it has to match {fault.asked}")


def _no_quantity(fault: Fault, kind: str) -> Problem:
    """Text that is no quantity of a kind: below 0, of another kind, or none at all."""
    text = fault.value
    least = next((bound for bound in ("minimum", "exclusiveMinimum") if bound in fault.schema), None)
    if least and text.lstrip().startswith("-") and _reads(text.lstrip()[1:], kind):
        message = f"expected {_BOUNDS[least]} {_number(fault.schema[least])}, found {fault.shown}"
        return fault.problem("out-of-range", message)
    if kind == "money" and "¥" in text and _reads(amount := text.replace("¥", "").strip(), kind):
        which = f"¥ is the sign of JPY and of CNY: write {amount} JPY"
        return fault.problem("bad-quantity", f"{quoted(text)} is not {QUANTITIES[kind]}", which)
    if meant := period_hint(text, kind, fault.path, fault.shapes) or hint_for(text, kind):
        return fault.problem("bad-quantity", f"{quoted(text)} is not {QUANTITIES[kind]}", meant)
    # Whoever writes a length of time where a share is asked for has to learn a share of what.
    other = any(_reads(text, each) for each in QUANTITIES if each != kind)
    hint = fault.about(fault.path, fault.schema) if other else None
    return fault.problem("bad-quantity", f"{quoted(text)} is not {QUANTITIES[kind]}", hint)


def _reads(text: str, kind: str) -> bool:
    try:
        parse_quantity(text, kind)
    except ValueError:
        return False
    return True


def out_of_range(fault: Fault) -> Iterator[Problem]:
    """A number, or a quantity, beyond a bound; 90 for a share was probably meant as 90 %."""
    message = f"expected {_BOUNDS[fault.keyword]} {_number(fault.asked)}, found {fault.shown}"
    yield fault.problem("out-of-range", message, _percentage(fault))


def _percentage(fault: Fault) -> str | None:
    """The number as a percentage, where it is a share above all bounds and a hundredth of it is none."""
    value, schema = fault.value, fault.schema
    if fault.quantity not in ("share", "yearly") or isinstance(value, str) or not fault.keyword.endswith("aximum"):
        return None
    share = value / 100
    above = schema.get("minimum", share) <= share and schema.get("exclusiveMinimum", -1.0) < share
    below = share <= schema.get("maximum", share) and share < schema.get("exclusiveMaximum", share + 1.0)
    return f"did you mean {value:g} %?" if above and below else None


def two_ways(fault: Fault) -> Iterator[Problem]:
    """An amount of money that people who part thousands with a point read as another."""
    yield fault.problem("bad-quantity", f"{quoted(fault.value)} can be read in two ways", fault.asked)


def too_large(fault: Fault) -> Iterator[Problem]:
    """A quantity of the right form that is no finite number."""
    yield fault.problem("bad-quantity", f"{quoted(fault.value)} is too large")


def unknown_currency(fault: Fault) -> Iterator[Problem]:
    """An amount in a currency without a rate, or in any other than USD where no rates are known."""
    code, *known = fault.asked
    if not known:
        yield fault.problem("bad-quantity", f"{quoted(fault.value)} is in {code}; amounts here are in USD")
        return
    guess = closest(code, known)
    hint = f"did you mean {guess!r}?" if guess else "give its rate in a CatalogOverlay, under `currencies`"
    yield fault.problem("bad-quantity", f"no rate is known for the currency {code!r}", hint)


def wrong_size(fault: Fault) -> Iterator[Problem]:
    """Too few or too many items, characters or keys."""
    least, thing = fault.keyword.startswith("min"), _THINGS[fault.keyword[3:]]
    size = len(fault.value)
    if not size:
        message = f"{fault.subject} is empty"
    elif least:
        message = f"{fault.subject} has {_plural(size, thing)}, at least {fault.asked} needed"
    else:
        message = f"{fault.subject} has {_plural(size, thing)}, at most {fault.asked} allowed"
    parted = None if least or thing != "item" else _THOUSANDS.search(fault.written)
    hint = parted and f"inside brackets a comma ends a value: write {parted[0].replace(',', '')}"
    yield fault.problem("wrong-size", message, hint)


def duplicate_item(fault: Fault) -> Iterator[Problem]:
    """An item that the list already has."""
    yield fault.problem("duplicate-item", f"{_shown(fault.value)} is listed twice", "keep one of them")


def invalid(fault: Fault) -> Iterator[Problem]:
    """A keyword without words of its own."""
    yield fault.problem("invalid", f"{_shown(fault.value)} is not valid here (schema keyword {fault.keyword!r})")


def list_hint(fault: Fault) -> str:
    """How to write a single value as a list."""
    text = fault.written or str(fault.value)
    return f"write it as a list: [{text if len(text) <= 40 else '…'}]"


def _repair(fault: Fault, types: frozenset[str]) -> str | None:
    """How to make the value one of `types`, where that is clear."""
    value = fault.value
    if value is None:
        thing = "item" if fault.path and isinstance(fault.path[-1], int) else "key"
        return f"give it a value, or remove the {thing}"
    if isinstance(value, str | list):
        return _repair_text(fault, value, types) if isinstance(value, str) else _repair_list(fault, value, types)
    if "array" in types and type_of(value) in _item_types(fault):
        return list_hint(fault)
    if "object" in types and isinstance(value, int | float) and (key := _only_number(fault)):
        return _as_mapping(fault, key, fault.written or str(value))
    if "string" in types and isinstance(value, bool | int | float) and (text := fault.written):
        return f'put it in quotes: "{text}"'
    return None


def _repair_list(fault: Fault, value: list[object], types: frozenset[str]) -> str | None:
    key = _list_of(fault, len(value)) if {"object", "number"} <= types else None
    return _as_mapping(fault, key, fault.written or "[…]") if key else None


def _repair_text(fault: Fault, text: str, types: frozenset[str]) -> str | None:
    if "boolean" in types and text.lower() in _SWITCHES:
        return f"write {_SWITCHES[text.lower()]}"
    if types & {"number", "integer"}:
        plain = text.replace(",", "").replace("_", "").strip()
        bare = text.removesuffix("%").strip()
        if "," in bare and not _reads(bare, "count") and (meant := hint_for(bare, "count")):
            return meant
        if bare != text.strip() and _is_number(bare):
            return f"write {bare}"
        if _is_number(plain):
            return f"write {plain}" if plain != text else f"write it without quotes: {plain}"
    if "array" in types and "string" in _item_types(fault):
        return list_hint(fault)
    return _repair_mapping(fault, text) if "object" in types else None


def _repair_mapping(fault: Fault, text: str) -> str | None:
    if _is_number(bare := text.removesuffix("%").strip()) and (key := _only_number(fault)):
        return _as_mapping(fault, key, bare)
    return "a space is needed after the ':'" if re.match(r"[\w-]+:\S", text) else None


def _as_mapping(fault: Fault, key: str, number: str) -> str:
    named = f"{fault.path[-1]}: " if fault.path and isinstance(fault.path[-1], str) else ""
    return f"write {named}{{{key}: {number}}}"


def _only_number(fault: Fault) -> str | None:
    """The one key that a mapping must have, where it takes a plain number."""
    for form in fault.shapes.alternatives(fault.schema):
        needed = form.get("required", ())
        if len(needed) == 1 and "number" in fault.shapes.types(form.get("properties", {}).get(needed[0], {})):
            return str(needed[0])
    return None


def _list_of(fault: Fault, size: int) -> str | None:
    """The key of a mapping that takes a list of so many items: of just so many before any number of them."""
    found: list[tuple[int, str]] = []
    for form in fault.shapes.alternatives(fault.schema):
        for key, schema in form.get("properties", {}).items():
            for each in fault.shapes.alternatives(schema):
                least, most = each.get("minItems"), each.get("maxItems")
                if least is not None and most is not None and least <= size <= most:
                    found.append((most - least, key))
    return min(found, key=lambda pair: pair[0])[1] if found else None


def _item_types(fault: Fault) -> frozenset[str]:
    """The JSON types that an item of the list asked for may have."""
    forms = fault.shapes.alternatives(fault.schema)
    return frozenset().union(
        *(fault.shapes.types(form.get("items", {})) for form in forms if "array" in fault.shapes.types(form))
    )


def _is_number(text: str) -> bool:
    try:
        return isinstance(resolve(text), int | float) and not isinstance(resolve(text), bool)
    except ValueError:
        return False


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _shown(value: object) -> str:
    return quoted(value) if isinstance(value, str) else found(value)


def _number(value: float) -> str:
    return f"{value:,.12g}" if abs(value) < 1e15 else f"{value:g}"


def _plural(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
