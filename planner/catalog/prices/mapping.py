"""The document that says how a price list of your own is read: names of columns, constants and factors, no code."""

import json
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from pydantic import Field, StringConstraints, ValidationError, model_validator

from planner.resources import SCHEMAS
from planner.scenario.blocks import Block, FileName, Name, Slug
from planner.source import InvalidInput, read_document, schema_problems
from planner.source.refused import refused

KIND: Final = "PriceMapping"
TITLE: Final = "Price mapping"
Day = Annotated[str, StringConstraints(pattern=r"^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$")]
Positive = Annotated[float, Field(gt=0, le=1e12)]


class TextColumn(Block):
    """Text from a column."""

    column: Name
    """Name of the column, or of the key in JSON; dots lead into nested mappings: gpu.name. `@key` is the key of an
    entry of a mapping."""
    values: dict[Name, Name] | None = Field(default=None, max_length=1000)
    """What its values mean here, such as OnDemand: on_demand; a value that is not named stands for itself."""


class NumberColumn(Block):
    """A number from a column."""

    column: Name
    """Name of the column, or of the key in JSON; dots lead into nested mappings."""
    factor: Positive = 1.0
    """What it is multiplied by, such as 0.01 for cents."""


class TextConstant(Block):
    """The same text in every row."""

    constant: Name


class NumberConstant(Block):
    """The same number in every row."""

    constant: Positive


TextCell = TextColumn | TextConstant
NumberCell = NumberColumn | NumberConstant


class MappedColumns(Block):
    """Where each part of a price comes from."""

    provider: TextCell
    """Id of the provider."""
    instance: TextCell
    """Name of the machine."""
    gpu: TextCell
    """Name of the card, as printed."""
    gpu_memory_gib: NumberCell | None = None
    """Memory of one card, in GiB."""
    gpu_count: NumberCell
    """Cards in the machine."""
    vcpus: NumberCell | None = None
    """vCPUs of the machine."""
    memory_gib: NumberCell | None = None
    """Host memory, in GiB."""
    region: TextCell = TextConstant(constant="any")
    """The provider's name of the region; `any` where one price holds everywhere."""
    tier: TextCell = TextConstant(constant="on_demand")
    """on_demand, spot, reserved_1y, reserved_3y, savings_1y or savings_3y."""
    price: NumberCell
    """Price per hour, after its factor in units of the currency."""
    spot_price: NumberCell | None = None
    """Spot price per hour beside it, where a row has both; blank or 0 is none."""
    market: TextCell = TextConstant(constant="cloud")
    """cloud, or marketplace."""
    as_of: TextCell | None = None
    """Day of the price, YYYY-MM-DD; left out, the day it is read."""
    confidence: TextCell = TextConstant(constant="medium")
    """high, medium or low."""


class Conversion(Block):
    """A currency that is not USD, and its rate on a day."""

    code: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
    """ISO 4217 code, such as EUR."""
    usd_per_unit: Positive
    """USD that one unit was worth."""
    as_of: Day
    """Day of that rate."""

    @model_validator(mode="after")
    def _dollars_are_dollars(self) -> "Conversion":
        if self.code == "USD" and self.usd_per_unit != 1:
            message = f"a USD is 1 USD, not {self.usd_per_unit:g}"
            raise ValueError(message)
        return self


class PriceMapping(Block):
    """How a price list of your own is read."""

    api_version: Literal["planner/v1"]
    """Version of the format."""
    kind: Literal["PriceMapping"]
    """What this file is."""
    name: Slug
    """What the source is called."""
    file: FileName | None = None
    """Path of the list, from this file's folder; never outside the repository."""
    address: Annotated[str, StringConstraints(pattern=r"^https?://", max_length=2000)] | None = None
    """Address of the list, where it is no file; https only."""
    token: Annotated[str, StringConstraints(pattern=r"^PLANNER_PRICES_[A-Z0-9_]{1,60}$")] | None = None
    """Environment variable with a key that the address wants as `Authorization: Bearer`. Its name starts with
    PLANNER_PRICES_, so that no mapping can send another key away."""
    format: Literal["csv", "json"]
    """What the list is written in."""
    rows: Annotated[list[Name], Field(max_length=20)] = Field(default_factory=list)
    """JSON only: keys that lead to the list, outermost first."""
    per: Literal["instance", "gpu"] = "instance"
    """Whether prices are those of the whole machine, or of one card in it."""
    currency: Conversion | None = None
    """Currency of the prices; left out, USD."""
    columns: MappedColumns

    @model_validator(mode="after")
    def _one_place(self) -> "PriceMapping":
        if (self.file is None) == (self.address is None):
            message = "give either a file or an address"
            raise ValueError(message)
        if self.token is not None and self.address is None:
            message = "a token goes to an address; a file needs none"
            raise ValueError(message)
        if self.rows and self.format != "json":
            message = "rows is a path of keys in JSON; a CSV file has none"
            raise ValueError(message)
        return self


@cache
def mapping_schema() -> dict[str, Any]:
    """The committed JSON Schema of the document."""
    schema: dict[str, Any] = json.loads((SCHEMAS / f"{KIND}.schema.json").read_text("utf-8"))
    return schema


def read_mapping(path: Path, shown: str) -> PriceMapping:
    """The mapping in a file, called `shown` in messages; raises InvalidInput with every problem and its place."""
    document = read_document(path, shown)
    if problems := schema_problems(document, mapping_schema()):
        raise InvalidInput(problems, document.texts)
    try:
        return PriceMapping.model_validate(document.data)
    except ValidationError as error:
        raise InvalidInput(refused(document, error.errors()), document.texts) from None
