"""A Portfolio: the scenarios of its jobs read, and all that it says of them together checked."""

from collections.abc import Mapping
from pathlib import Path

from planner.catalog.rows import Catalog
from planner.locking.choosing import Prices
from planner.planning.portfolio_earlier import earlier_plan
from planner.planning.portfolio_jobs import Reader
from planner.planning.ready import MAPPING, JobReady, PortfolioReady, Source, file_of, shown_path
from planner.scenario.compose import Composed
from planner.scenario.paths import OutsideError, below, scenario_root
from planner.scenario.portfolio import Portfolio
from planner.scenario.template_folder import template_folder
from planner.source import Document, InvalidInput
from planner.space.currency import check_currency
from planner.space.overlay.laying import Overlays
from planner.space.portfolio.checks import check_portfolio
from planner.space.portfolio.names import check_teams
from planner.space.portfolio.remarks import Checking
from planner.space.portfolio.worth import check_worth


def read_portfolio(
    source: Source, document: Document, scenario: Portfolio, overlays: Overlays, catalog: Catalog,
    price_max_age_months: float, prices: Prices,
) -> PortfolioReady:  # fmt: skip
    """The portfolio with the scenarios of its jobs, each read with the lock beside it where locks count.

    What is wrong inside a job's scenario stands in its `JobReady`: the others can be planned. Raises InvalidInput with
    every problem of the portfolio itself: files that are not there or of another kind, times, names, circles.
    """
    laid, lapsed = overlays.on(catalog)
    file, mapping = file_of(source), isinstance(source, Mapping)
    root = scenario_root(Path.cwd() / "-" if mapping else file)
    own = "." if mapping else str(file)
    told = document.warnings if isinstance(document, Composed) else ()
    checking = Checking(document, warnings=[*told, *lapsed])
    texts = {**document.texts, **overlays.texts}
    templates = None
    try:
        templates = template_folder(scenario.templates, document, file)
    except InvalidInput as error:
        checking.problems += error.problems
    check_currency(scenario, laid, checking.complain)
    _check_policies(scenario, root, checking)
    earlier = earlier_plan(scenario, own, root, checking)
    check_portfolio(scenario, laid, checking)
    jobs = Reader(source, document, own, root, catalog, price_max_age_months, prices, checking).jobs(scenario)
    if len(jobs) == len(scenario.jobs):
        check_teams(scenario, [job.team for job in jobs], checking)
        _check_lengths(scenario, jobs, checking)
    if checking.problems:
        theirs = dict.fromkeys(one for job in jobs for one in job.problems if one.severity == "error")
        for job in jobs:
            texts |= job.texts
        raise InvalidInput([*checking.problems, *checking.warnings, *theirs], texts)
    if all(job.ready is not None for job in jobs):  # beside mistakes it would only distract
        check_worth(scenario, {job.kind for job in jobs}, checking)
    path = MAPPING if mapping else shown_path(file)
    return PortfolioReady(
        document, scenario, jobs, earlier, laid, tuple(checking.warnings), path, texts, templates, overlays
    )


def _check_policies(scenario: Portfolio, root: Path, checking: Checking) -> None:
    """Refuse a folder of policies that leads out of the repository, or that is not there."""
    if scenario.approvals is None:
        return
    place, written = ("approvals", "policies"), scenario.approvals.policies
    try:
        folder = below(root, root, written)
    except OutsideError as error:
        checking.complain(place, str(error), "policies lie below the root of the scenario's repository")
        return
    if not folder.is_dir():
        checking.complain(place, f"there is no folder {written!r}", "its path starts at the root of the repository")


def _check_lengths(scenario: Portfolio, jobs: tuple[JobReady, ...], checking: Checking) -> None:
    """Report `runs_for` of jobs that say themselves how long they take."""
    for number, (job, read) in enumerate(zip(scenario.jobs, jobs, strict=True)):
        if job.runs_for is not None and read.ready is not None and read.kind == "FineTune":
            message = "runs_for is for services, and this job is a FineTune, whose plan says how long it takes"
            checking.complain(("jobs", number, "runs_for"), message, "take it out")
