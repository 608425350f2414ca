"""What a Portfolio leaves unsaid: what quality is worth, which is nothing where no price of it is given."""

from collections.abc import Collection

from planner.scenario.portfolio import Portfolio
from planner.source import Path as Place
from planner.space.portfolio.remarks import Checking


def check_worth(scenario: Portfolio, kinds: Collection[str], checking: Checking) -> None:
    """Warn where models are tuned and nobody says what quality is worth, zero included; `kinds` are those of the jobs.

    Without a price each job takes the cheapest of its front, which may be a model that has learned next to nothing.
    """
    if "FineTune" not in kinds or "quality_point" in scenario.objective.model_fields_set:
        return
    place: Place = ("objective",) if "objective" in checking.document.data else ("kind",)
    message = "quality counts for nothing: among what keeps the rest, each job takes its cheapest configuration"
    hint = "objective: {quality_point: $10} is what a point of it is worth; $0 where nothing"
    checking.warn(place, message, hint)
