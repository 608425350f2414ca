"""What a report prints as JSON, for other programs: the data of a kind's report, and of several plans.

The schemas: `report.schema.json` of a plan of fine-tuning, `serving-report`, `review-report`, `portfolio-report`,
`case-report`, and `plans.schema.json` of several plans.
"""

from functools import cache
from typing import TYPE_CHECKING, Any, Final

from pydantic import TypeAdapter

from planner.report.data.collection import Collection
from planner.report.printers import printer_for, printers

if TYPE_CHECKING:
    from planner.report.data.printed import Printed

_SEVERAL: Final = TypeAdapter(Collection)
_NAMES: Final = {"plan": "report"}
"""What templates print → name of its schema, where that is not `<takes>-report`."""


def data_json(data: "Printed") -> bytes:
    """The data of a report, indented, and the same for the same data."""
    adapter: TypeAdapter[Any] = _SEVERAL if isinstance(data, Collection) else _adapter(printer_for(data).data_type)
    made: bytes = adapter.dump_json(data, indent=2)
    return made + b"\n"


def data_schemas() -> dict[str, dict[str, Any]]:
    """Name → JSON Schema of the data of each kind of report, and of several plans."""
    found = {
        _NAMES.get(one.takes, f"{one.takes}-report"): _adapter(one.data_type).json_schema(mode="serialization")
        for one in printers()
    }
    return {**found, "plans": _SEVERAL.json_schema(mode="serialization")}


@cache
def _adapter(data_type: type) -> TypeAdapter[Any]:
    return TypeAdapter(data_type)
