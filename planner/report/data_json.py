"""What a report prints as JSON, for other programs.

Its schema is `report.schema.json`; of a serving plan `serving-report.schema.json`, of a review of spend
`review-report.schema.json`, of several plans `plans.schema.json`.
"""

from typing import Any, Final

from pydantic import TypeAdapter

from planner.report.data.collection import Collection, Printed
from planner.report.data.report_data import ReportData
from planner.report.data.review import ReviewData
from planner.report.data.serving import ServingData

_DATA: Final = TypeAdapter(ReportData)
_SEVERAL: Final = TypeAdapter(Collection)
_SERVING: Final = TypeAdapter(ServingData)
_REVIEW: Final = TypeAdapter(ReviewData)


def data_json(data: Printed) -> bytes:
    """The data of a report, indented, and the same for the same data."""
    if isinstance(data, Collection):
        made = _SEVERAL.dump_json(data, indent=2)
    elif isinstance(data, ServingData):
        made = _SERVING.dump_json(data, indent=2)
    elif isinstance(data, ReviewData):
        made = _REVIEW.dump_json(data, indent=2)
    else:
        made = _DATA.dump_json(data, indent=2)
    return made + b"\n"


def data_schema() -> dict[str, Any]:
    """The JSON Schema of a plan's."""
    return _DATA.json_schema(mode="serialization")


def collection_schema() -> dict[str, Any]:
    """The JSON Schema of that of several plans."""
    return _SEVERAL.json_schema(mode="serialization")


def serving_schema() -> dict[str, Any]:
    """The JSON Schema of a serving plan's."""
    return _SERVING.json_schema(mode="serialization")


def review_schema() -> dict[str, Any]:
    """The JSON Schema of that of a review of spend."""
    return _REVIEW.json_schema(mode="serialization")
