"""The models behind an API whose prices a scenario may choose by."""

from planner.catalog.api_models import ApiModel
from planner.space.serving.resolve import ServingSpace


def apis_of(space: ServingSpace) -> list[ApiModel]:
    """Those that the scenario names, and the one that answers first in a cascade."""
    first = None if space.first is None else space.first.api
    return [choice.api for choice in (*space.apis, *(() if first is None else (first,)))]
