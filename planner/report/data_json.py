"""What a report prints as JSON, for other programs: `report.schema.json`, of several plans `plans.schema.json`."""

from typing import Any, Final

from pydantic import TypeAdapter

from planner.report.data.collection import Collection, Printed
from planner.report.data.report_data import ReportData

_DATA: Final = TypeAdapter(ReportData)
_SEVERAL: Final = TypeAdapter(Collection)


def data_json(data: Printed) -> bytes:
    """The data of a report, indented, and the same for the same data."""
    made = _SEVERAL.dump_json(data, indent=2) if isinstance(data, Collection) else _DATA.dump_json(data, indent=2)
    return made + b"\n"


def data_schema() -> dict[str, Any]:
    """The JSON Schema of a plan's."""
    return _DATA.json_schema(mode="serialization")


def collection_schema() -> dict[str, Any]:
    """The JSON Schema of that of several plans."""
    return _SEVERAL.json_schema(mode="serialization")
