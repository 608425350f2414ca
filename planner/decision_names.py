"""The names that decisions have: everything that lists or checks them reads them here, and it costs no import."""

from typing import Final, Literal, get_args

DecisionName = Literal["knee", "cheapest", "fastest", "best", "greenest", "topsis", "lexicographic", "epsilon"]
"""The last three exist where a scenario asks for them under `decide:`."""
DECISIONS: Final[tuple[DecisionName, ...]] = get_args(DecisionName)
"""In the order in which they are told; the first is compared and judged unless told otherwise."""
CHEAPEST_API: Final = "cheapest_api"
"""The decision of a plan that serves by an API of which an objective is unknown."""
COMPARED: Final = (*DECISIONS, CHEAPEST_API)
"""What two plans can be compared by."""
