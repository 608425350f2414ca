"""What is wrong with the overlays of a scenario, and what in them does not count."""

from dataclasses import dataclass, field

from planner.scenario.catalog_overlay import Dated
from planner.source import Path as Place
from planner.source import Problem
from planner.space.overlay.matching import Complain, Day, holds
from planner.space.overlay.reading import Written
from planner.units import earliest_day


@dataclass(slots=True)
class Told:
    """Collected while overlays are laid, so that all of it comes at once."""

    day: Day
    """At which lines hold."""
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)

    def complain(self, one: Written) -> Complain:
        """Notes a problem with an overlay."""
        return lambda place, message, hint: self.problems.append(one.problem(place, message, hint))

    def warn(self, one: Written, place: Place, message: str) -> None:
        """Note what does not count."""
        self.warnings.append(one.warning(place, message))

    def counts(self, one: Written, line: Dated, place: Place, what: str) -> bool:
        """Whether a line holds; one that does not is warned about."""
        key, why = holds(line, self.day)
        if key:
            self.warn(one, (*place, key), f"{what} {why}: it does not count")
        return not key

    def dated(self, one: Written, day: str, place: Place, as_of: str, what: str) -> None:
        """Warn about a day after the catalog's date: a slip, or a catalog that is older than what is laid on it."""
        if day > earliest_day(as_of).isoformat():
            message = f"{what} is of {day}, after the catalog's date {as_of}: it counts as if it were of that day"
            self.warn(one, (*place, "as_of"), message)
