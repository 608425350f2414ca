"""A scenario of whatever kind: read, and what it becomes where that is no plan of fine-tuning or serving."""

import datetime
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from planner.catalog.rows import Catalog
from planner.locking.choosing import BESIDE, Prices
from planner.planning.making import origin_of, plan_ready
from planner.planning.reading import NO_CHANGES, OTHERWISE, open_scenario, read_planned, refused_kind
from planner.planning.ready import CaseReady, PortfolioReady, Readied, ReviewReady, Source
from planner.scenario import Planned
from planner.scenario.compose import Changes
from planner.space.offers import STALE_MONTHS

if TYPE_CHECKING:
    from planner.outcome.any_plan import Outcome
    from planner.outcome.business_case import Case
    from planner.outcome.portfolio import PortfolioPlan
    from planner.outcome.review import Review

R = TypeVar("R", ReviewReady, PortfolioReady, CaseReady)


def read_ready(
    source: Source, catalog: Catalog | None = None, changes: Changes = NO_CHANGES,
    price_max_age_months: float = STALE_MONTHS, calibration: Path | None = None, prices: Prices = BESIDE,
    today: datetime.date | None = None,
) -> Readied:  # fmt: skip
    """Read, put together, check and resolve a scenario of any kind; a SpendReview looks back from `today`.

    What the scenario says itself on that day counts more; without either it is the catalog's date. For the rest see
    `read_any`.
    """
    opened = open_scenario(source, catalog, changes)
    scenario, document, overlays = opened.scenario, opened.document, opened.overlays
    if isinstance(scenario, Planned):
        return read_planned(source, opened, scenario, price_max_age_months, calibration, prices)
    if calibration is not None:
        message = f"a calibration is of runs that tune a model, and this is a {scenario.kind}"
        raise refused_kind(document, message, "leave the calibration out")
    if scenario.kind == "SpendReview":
        from planner.planning.reviewing import read_review

        day = today or datetime.date.fromisoformat(opened.catalog.as_of)
        return read_review(source, document, scenario, overlays, opened.catalog, day)
    if scenario.kind == "Portfolio":
        from planner.planning.portfolio_reading import read_portfolio

        return read_portfolio(source, document, scenario, overlays, opened.catalog, price_max_age_months, prices)
    from planner.planning.case_reading import read_case

    return read_case(source, document, scenario, overlays, opened.catalog, price_max_age_months, prices)


def review_scenario(source: Source, today: datetime.date | None = None, tracking_uri: str | None = None) -> "Review":
    """Read and review a SpendReview; raises InvalidInput for a scenario of another kind."""
    from planner.planning.reviewing import review_ready

    return review_ready(_of(ReviewReady, "SpendReview", read_ready(source, today=today)), tracking_uri).review


def portfolio_scenario(source: Source) -> "PortfolioPlan":
    """Read and plan a Portfolio, all its jobs among it; raises InvalidInput for a scenario of another kind.

    Who has to approve it is not told: that is a matter of policies.
    """
    from planner.planning.portfolio_planning import portfolio_ready

    return portfolio_ready(_of(PortfolioReady, "Portfolio", read_ready(source)))


def case_scenario(source: Source) -> "Case":
    """Read and reckon a BusinessCase; raises InvalidInput for a scenario of another kind."""
    from planner.planning.case_planning import case_ready

    return case_ready(_of(CaseReady, "BusinessCase", read_ready(source)))


def outcome_of(ready: Readied) -> "Outcome":
    """What a scenario that was read becomes; of a portfolio without who has to approve it."""
    if isinstance(ready, PortfolioReady):
        from planner.planning.portfolio_planning import portfolio_ready

        return portfolio_ready(ready)
    if isinstance(ready, CaseReady):
        from planner.planning.case_planning import case_ready

        return case_ready(ready)
    if isinstance(ready, ReviewReady):
        from planner.planning.reviewing import review_ready

        return review_ready(ready).review
    return plan_ready(ready)


def digest_of(ready: Readied) -> str:
    """The digest of a scenario that stands in what it becomes: of its files, and of those that it rests on."""
    if isinstance(ready, PortfolioReady):
        from planner.planning.portfolio_planning import origin_of_portfolio

        return origin_of_portfolio(ready).digest
    if isinstance(ready, CaseReady):
        from planner.planning.case_planning import origin_of_case

        return origin_of_case(ready).digest
    return ready.document.digest if isinstance(ready, ReviewReady) else origin_of(ready).digest


def _of(wanted: type[R], kind: str, ready: Readied) -> R:
    """The scenario that was read, where it is of the kind that is wanted; raises InvalidInput for another."""
    if isinstance(ready, wanted):
        return ready
    message, hint = f"this is a {ready.scenario.kind} scenario and no {kind}", OTHERWISE[ready.scenario.kind]
    raise refused_kind(ready.document, message, hint)
