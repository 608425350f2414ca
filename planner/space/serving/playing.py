"""The models behind an API whose prices a scenario may choose by."""

from planner.catalog.api_models import ApiModel
from planner.space.serving.resolve import ServingSpace


def apis_of(space: ServingSpace) -> list[ApiModel]:
    """Those of the price list that the scenario names, and the one that answers first in a cascade."""
    first = None if space.first is None else space.first.api
    return [one.api for one in (*space.apis, *(() if first is None else (first,))) if one.tuned is None]
