"""Lines of overlays that count by the catalog's date and have ended by a later day: told at the edge, where a clock is.

A plan has no clock: it is the same tomorrow. Whoever reads it today should know that a contract in it is over.
"""

from collections.abc import Iterator

from planner.scenario.catalog_overlay import CatalogOverlay, Dated
from planner.source import Path as Place
from planner.source import Problem
from planner.source.excerpt import visible
from planner.space.overlay.laying import Overlays
from planner.space.overlay.matching import Day, holds


def lapsed(overlays: Overlays, as_of: str, today: str) -> list[Problem]:
    """Warnings about lines that hold at the catalog's date and not on `today` any more, at their places.

    There are none where the scenario says when its machines start: its lines hold on that day or do not count.
    """
    if overlays.start:
        return []
    day, found = Day.of(as_of, ""), []
    for one in overlays.written:
        for place, what, line in _lines(one.overlay):
            if line.until is not None and line.until < today and not holds(line, day)[0]:
                message = (
                    f"{what} ended on {line.until}, and it is {today}: by the catalog's date {as_of} it counts; "
                    f"--as-of {today} goes by today, hardware.start by the day the machines start"
                )
                found.append(one.warning((*place, "until"), message))
    return found


def lapsed_text(problem: Problem) -> str:
    """A warning in one line, with its file and line."""
    line = "" if problem.span is None else f":{problem.span.line}"
    return f"warning: {visible(problem.file)}{line}: {problem.message}"


def _lines(overlay: CatalogOverlay) -> Iterator[tuple[Place, str, Dated]]:
    for i, offer in enumerate(overlay.offers):
        yield ("offers", i), f"the price of {offer.provider} {offer.instance}", offer
    for i, discount in enumerate(overlay.discounts):
        yield ("discounts", i), f"the discount at {discount.provider}", discount
    for i, disk in enumerate(overlay.storage):
        yield ("storage", i), f"the price of storage at {disk.provider}", disk
    for i, traffic in enumerate(overlay.egress):
        yield ("egress", i), f"the price of egress at {traffic.provider}", traffic
    for i, rate in enumerate(overlay.time_rates):
        yield ("time_rates", i), f"the rate by time at {', '.join(rate.providers)}", rate
