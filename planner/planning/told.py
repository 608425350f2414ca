"""What a plan says of the scenario that it was made of: where it comes from, and what is to be said of it."""

from collections.abc import Mapping

from planner.planning.ready import AnyReady, PortfolioReady, Readied, Ready, shown_path
from planner.scenario.compose import Composed
from planner.source import Document, Problem
from planner.space.currency import stale_rates
from planner.space.custom_models import user_model_notes


def warnings_of(ready: AnyReady, *, families: bool = True) -> list[str]:
    """The warnings of a plan: those told with their place, names that stand for several cards, prices, own models."""
    warnings = [warning_text(problem) for problem in ready.warnings]
    if families:
        warnings += [f"{name} stands for {', '.join(ids)}" for name, ids in ready.space.families.items()]
    if not isinstance(ready, Ready):
        models = ready.space.models
    else:
        models = ready.space.recipes.models
        if ready.lock is not None and ready.lock.services is None and ready.space.tuning.prices:
            warnings.append(f"{ready.lock.file} holds no prices of managed services: those of the catalog count")
    considered = {ready.catalog.models[m].id for m in models.tolist()}
    warnings += stale_rates(ready.scenario, ready.catalog, ready.space.market.stale_months)
    return warnings + user_model_notes(ready.catalog, considered)


def remarks_of(ready: Readied) -> tuple[tuple[Problem, ...], Mapping[str, str]]:
    """What is told of a scenario that was read before it is planned, and the texts that it points into.

    Of a portfolio that is what is wrong with the scenarios of its jobs too; what several share comes once.
    """
    found, texts = dict.fromkeys(ready.warnings), dict(ready.texts)
    for job in ready.jobs if isinstance(ready, PortfolioReady) else ():
        found |= dict.fromkeys(job.problems)
        texts |= job.texts
    return tuple(found), texts


def warning_text(problem: Problem) -> str:
    """A warning of a scenario as its plan says it: the place, unless the message starts with it, and the message."""
    return problem.message if problem.message.startswith(problem.at) else f"{problem.at}: {problem.message}"


def composition(document: Document) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The files a scenario extends, and what the command line changed, as the plan names them."""
    if not isinstance(document, Composed):
        return (), ()
    return tuple(shown_path(base) for base in document.bases), tuple(document.changes.words)
