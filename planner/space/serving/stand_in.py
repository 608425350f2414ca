"""What takes the place of a traffic that cannot be read, so that names are looked up all the same."""

from planner.scenario.levers import Levers
from planner.scenario.serving import Serving
from planner.traffic import TokenLengths, Traffic, told_traffic


def any_traffic() -> Traffic:
    """Requests that stand alone, one a second; nothing is planned with it."""
    lengths = TokenLengths.told(1000.0)
    return told_traffic(input_tokens=lengths, output_tokens=lengths, requests_per_s=1.0)


def without_rates(scenario: Serving) -> Serving:
    """The scenario without the levers whose checks need to know the traffic."""
    return scenario.model_copy(update={"levers": Levers(cascade=scenario.levers.cascade)})
