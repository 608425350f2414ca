"""The numbers of a business case that may be spread, each with its place."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import get_args

from pydantic import BaseModel, TypeAdapter

from planner.scenario.business_case import BusinessCase
from planner.scenario.spreads import Spread

Place = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class AnyNumber:
    """A number that is known or spread."""

    place: Place
    """Keys and places in lists that lead to it."""
    value: float | Spread[float]
    form: type[Spread[float]]
    """The spread that it may be: MoneySpread, CountSpread …"""

    @property
    def spread(self) -> Spread[float] | None:
        """How it is spread; None where it is known."""
        return self.value if isinstance(self.value, Spread) else None


def numbers_of(scenario: BusinessCase) -> Iterator[AnyNumber]:
    """Every number that may be spread and is given, in the order of the fields."""
    yield from _within(scenario, ())


@cache
def reader(form: type[Spread[float]]) -> TypeAdapter[list[float]]:
    """What reads values of a spread of this form, text or numbers, in their unit and bounds."""
    written = form.model_fields["values"].annotation
    values = next(get_args(one)[0] for one in get_args(written) if one is not type(None))
    return TypeAdapter(values)


def _within(block: BaseModel, at: Place) -> Iterator[AnyNumber]:
    for name, field in type(block).model_fields.items():
        value, place = getattr(block, name), (*at, name)
        form = _form(field.annotation)
        if form is not None and value is not None:
            yield AnyNumber(place, value, form)
        elif isinstance(value, BaseModel):
            yield from _within(value, place)
        elif isinstance(value, list):
            for number, one in enumerate(value):
                if isinstance(one, BaseModel):
                    yield from _within(one, (*place, number))


def _form(annotation: object) -> type[Spread[float]] | None:
    """The spread among the types that a field may have; None where it has to be known."""
    for one in (annotation, *get_args(annotation)):
        if isinstance(one, type) and issubclass(one, Spread):
            return one
    return None
