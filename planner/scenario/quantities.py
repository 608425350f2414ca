"""Annotated types for quantities: people write `$200`, `12 h`, `7B` or `80 GiB`; the planner sees one plain number.

Each type carries its JSON Schema: a number, or text that matches the pattern of its kind (`x-quantity`).
"""

from typing import Annotated, Any

from pydantic import BeforeValidator, Field, GetJsonSchemaHandler, ValidationInfo
from pydantic_core import CoreSchema

from planner.units import EXAMPLES, USD, currency_of, parse_quantity, pattern

RATES = "usd_per_unit"
"""Key of a validation context: USD per unit of other currencies, by code; without it money is in USD."""
READ = "currencies"
"""Key of a validation context: a set that takes the codes of the other currencies that were read."""


class _Quantity:
    """Turns text into the canonical unit of `kind` and describes both forms to JSON Schema."""

    def __init__(self, kind: str, examples: str = "") -> None:
        self.kind = kind
        self.examples = examples or EXAMPLES[kind]

    def __get_pydantic_json_schema__(self, core: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        """A number with the field's bounds, or text of this kind."""
        schema = dict(handler(core))
        schema["type"] = ["number", "string"]
        schema["pattern"] = pattern(self.kind)
        schema["x-quantity"] = self.kind
        schema["examples"] = [part.strip() for part in self.examples.replace(" or ", ", ").split(",")]
        return schema


def _reader(kind: str) -> BeforeValidator:
    def read(value: object, info: ValidationInfo) -> object:
        if not isinstance(value, str):
            return value
        context = info.context or {}
        found = parse_quantity(value, kind, context.get(RATES))
        if kind == "money" and (code := currency_of(value)) != USD and READ in context:
            context[READ].add(code)
        return found

    return BeforeValidator(read)


Money = Annotated[float, _reader("money"), Field(gt=0, le=1e12), _Quantity("money")]
"""USD."""
Spent = Annotated[float, _reader("money"), Field(ge=0, le=1e12), _Quantity("money")]
"""USD, nothing allowed."""
HourlyPrice = Annotated[float, _reader("money"), Field(gt=0, le=1e6), _Quantity("money", "$98.32 or 18 EUR")]
"""USD per hour."""
UnitPrice = Annotated[float, _reader("money"), Field(ge=0, le=1e6), _Quantity("money", "$0.08 or 0.02 EUR")]
"""USD for one of something, nothing allowed."""
Hours = Annotated[float, _reader("time"), Field(gt=0, le=1e6), _Quantity("time")]
"""Hours."""
Seconds = Annotated[float, _reader("latency"), Field(gt=0, le=3.6e6), _Quantity("latency")]
"""Seconds."""
Count = Annotated[float, _reader("count"), Field(gt=0, le=1e15), _Quantity("count")]
"""A number of things."""
Share = Annotated[float, _reader("share"), Field(gt=0, le=1), _Quantity("share")]
"""A part of a whole, above 0 up to 1."""
Margin = Annotated[float, _reader("share"), Field(ge=0, le=1), _Quantity("share")]
"""A part of a whole, 0 allowed."""
Level = Annotated[float, _reader("share"), Field(gt=0, le=10), _Quantity("share")]
"""A part of a whole that may be passed: above 0 up to ten times the whole."""
Confidence = Annotated[float, _reader("share"), Field(ge=0.5, le=0.999), _Quantity("share", "0.9 or 90 %")]
"""A probability from 0.5, the median, up."""
Weight = Annotated[float, _reader("share"), Field(ge=0, le=1e6), _Quantity("share", "2 or 40 %")]
"""What one thing counts against others: any number, 40 % being 0.4."""
Quality = Annotated[float, _reader("share"), Field(ge=0, lt=1), _Quantity("share", "0.7 or 70 %")]
"""Quality q, which runs from 0 (chance) to 1: 70 % is 0.7."""
QualityStep = Annotated[float, _reader("share"), Field(ge=0, lt=1), _Quantity("share", "0.01 or 1 %")]
"""A difference of two qualities, in q itself: 5 % is 0.05, whatever the quality."""
Slack = Annotated[float, _reader("share"), Field(ge=0, le=1), _Quantity("share", "0.05 or 5 %")]
"""What may be given up of something, as a part of it."""
Gib = Annotated[float, _reader("memory"), Field(ge=0, le=1e9), _Quantity("memory", "500 GB or 2 TB")]
"""GiB, nothing allowed."""
Kilograms = Annotated[float, _reader("mass"), Field(gt=0, le=1e9), _Quantity("mass")]
"""Kilograms of CO2-equivalent."""
Months = Annotated[float, _reader("months"), Field(gt=0, le=1200), _Quantity("months")]
"""Months, a year being twelve."""
Yearly = Annotated[float, _reader("yearly"), Field(gt=-1, le=100), _Quantity("yearly")]
"""A change within a year as a part of what there was: 20 % is 0.2, -0.1 a fall by a tenth."""
