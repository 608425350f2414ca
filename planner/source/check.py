"""JSON Schema over a document → problems in the user's words."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from planner.source import value_complaints as values
from planner.source.document import Document
from planner.source.fault import Fault
from planner.source.key_complaints import bad_key, missing_keys, unknown_keys
from planner.source.places import split_lines
from planner.source.problems import Problem, in_order
from planner.source.shapes import Shapes
from planner.source.unions import Complain, union
from planner.source.validator import CURRENCY, TWO_WAYS, schema_errors

if TYPE_CHECKING:
    from jsonschema import ValidationError

MAX_PROBLEMS: Final = 500
"""Problems after which checking on tells nobody anything."""

_COMPLAINTS: Final[Mapping[str, Complain]] = {
    "type": values.wrong_type,
    "enum": values.not_allowed,
    "const": values.not_allowed,
    "pattern": values.bad_form,
    "x-quantity": values.too_large,
    CURRENCY: values.unknown_currency,
    TWO_WAYS: values.two_ways,
    **dict.fromkeys(("minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum"), values.out_of_range),
    **dict.fromkeys(("minItems", "maxItems", "minLength", "maxLength"), values.wrong_size),
    **dict.fromkeys(("minProperties", "maxProperties"), values.wrong_size),
    "uniqueItems": values.duplicate_item,
    "additionalProperties": unknown_keys,
    "required": missing_keys,
}
"""Keyword of JSON Schema → how it complains; `anyOf` and `oneOf` complain through these."""

NO_RATES: Final[Mapping[str, float]] = MappingProxyType({})
_WORST_FIRST: Final = (
    "wrong-type",
    "not-allowed",
    "wrong-size",
    "bad-quantity",
    "bad-form",
    "out-of-range",
    "invalid",
)
"""Of several problems with one value only the first of these is told."""


def schema_problems(
    document: Document, schema: Mapping[str, Any], usd_per_unit: Mapping[str, float] = NO_RATES
) -> list[Problem]:
    """What a schema (draft 2020-12, trusted, references to `#/$defs` only) refuses in a document, in order.

    Also read: `x-quantity: money|time|count|memory|mass|share|months|yearly` beside `type: [number, string]` and a
    pattern; its bounds hold for the number that a text stands for. Money may be in USD and the currencies that have a
    rate.
    """
    shapes = Shapes(schema)
    lines = {file: split_lines(text) for file, text in document.texts.items()}
    faults = (_fault(error, document, lines, shapes) for error in schema_errors(document.data, schema, usd_per_unit))
    problems = (problem for fault in faults for problem in _complain(fault))
    return in_order(_one_each(islice(problems, MAX_PROBLEMS)))


def _complain(fault: Fault) -> Iterator[Problem]:
    if fault.names_key:
        return bad_key(fault)
    if fault.keyword in ("anyOf", "oneOf"):
        return union(fault, _complain)
    return _COMPLAINTS.get(fault.keyword, values.invalid)(fault)


def _one_each(problems: Iterable[Problem]) -> Iterator[Problem]:
    """The problems, with one value's cut to its worst."""
    worst: dict[str, Problem] = {}
    for problem in problems:
        if problem.code not in _WORST_FIRST:
            yield problem
        elif problem.at not in worst or _rank(problem) < _rank(worst[problem.at]):
            worst[problem.at] = problem
    yield from worst.values()


def _rank(problem: Problem) -> int:
    return _WORST_FIRST.index(problem.code)


def _fault(error: "ValidationError", document: Document, lines: Mapping[str, list[str]], shapes: Shapes) -> Fault:
    """A validator's error, with those inside a union sorted by the form they belong to."""
    asked: Any = error.validator_value
    branches: list[list[Fault]] = [[] for _ in asked] if error.validator in ("anyOf", "oneOf") else []
    for inner in error.context or ():
        branches[int(inner.schema_path[0])].append(_fault(inner, document, lines, shapes))
    return Fault(
        document=document,
        lines=lines,
        shapes=shapes,
        path=tuple(error.absolute_path),
        value=error.instance,
        keyword=str(error.validator),
        asked=asked,
        schema=error.schema if isinstance(error.schema, Mapping) else {},
        branches=branches,
        names_key=list(error.schema_path)[-2:-1] == ["propertyNames"],
    )
