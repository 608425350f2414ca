"""ReportData as JSON: what templates see, for other programs; `schemas/report.schema.json` describes it."""

from typing import Any, Final

from pydantic import TypeAdapter

from planner.report.data import ReportData

_DATA: Final = TypeAdapter(ReportData)


def data_json(data: ReportData) -> bytes:
    """The data of a report, indented, and the same for the same data."""
    return _DATA.dump_json(data, indent=2) + b"\n"


def data_schema() -> dict[str, Any]:
    """The JSON Schema of it."""
    return _DATA.json_schema(mode="serialization")
