"""The standard JSON Schema validator (draft 2020-12), with quantities; it never fetches anything."""

import json
import operator
import re
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from planner.source.shapes import Schema
from planner.units import UNITS, AmbiguousError, CurrencyError, parse_quantity

if TYPE_CHECKING:
    from jsonschema import ValidationError

_BROKEN: Final[Mapping[str, Callable[[float, float], bool]]] = {
    "minimum": operator.lt,
    "exclusiveMinimum": operator.le,
    "maximum": operator.gt,
    "exclusiveMaximum": operator.ge,
}
"""Bound → whether a number breaks it."""
CURRENCY: Final = "x-currency"
"""Stands for a keyword where an amount is in a currency without a rate: its code, then those with one."""
TWO_WAYS: Final = "x-two-ways"
"""Stands for a keyword where an amount can be read in two ways: what to write instead."""


def schema_errors(data: object, schema: Schema, usd_per_unit: Mapping[str, float]) -> Iterator["ValidationError"]:
    """What the schema refuses; jsonschema is slow to import (0.1 s), so only when something is checked."""
    from jsonschema import Draft202012Validator
    from jsonschema.validators import extend
    from referencing.jsonschema import EMPTY_REGISTRY

    extended: Any = extend
    validator = extended(
        Draft202012Validator, {"uniqueItems": _unique_items, "x-quantity": partial(_quantity, usd_per_unit)}
    )
    errors: Iterator[ValidationError] = validator(schema, registry=EMPTY_REGISTRY).iter_errors(data)
    return errors


def _unique_items(validator: object, asked: bool, value: object, schema: Schema) -> Iterator["ValidationError"]:
    """An error at every item that repeats an earlier one, in linear time."""
    from jsonschema import ValidationError

    if not asked or not isinstance(value, list) or len(value) > schema.get("maxItems", len(value)):
        return
    seen: set[str] = set()
    for index, item in enumerate(value):
        text = json.dumps(item, sort_keys=True)
        if text in seen:
            message = "repeated"
            yield ValidationError(message, path=(index,), instance=item)
        seen.add(text)


def _quantity(
    usd_per_unit: Mapping[str, float], validator: object, kind: object, value: object, schema: Schema
) -> Iterator["ValidationError"]:
    """The bounds of the number that a quantity written as text stands for."""
    from jsonschema import ValidationError

    if not isinstance(value, str) or not isinstance(kind, str) or kind not in UNITS:
        return
    if not re.search(schema.get("pattern", ""), value):
        return
    try:
        number = parse_quantity(value, kind, usd_per_unit)
    except CurrencyError as error:
        yield ValidationError(str(error), validator=CURRENCY, validator_value=[error.code, *usd_per_unit])
        return
    except AmbiguousError as error:
        yield ValidationError(str(error), validator=TWO_WAYS, validator_value=error.hint)
        return
    except ValueError as error:
        yield ValidationError(str(error))
        return
    for bound, broken in _BROKEN.items():
        if bound in schema and broken(number, schema[bound]):
            message = "beyond a bound"
            yield ValidationError(message, validator=bound, validator_value=schema[bound])
