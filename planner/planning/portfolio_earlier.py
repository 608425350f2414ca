"""The plan of a portfolio as it was before, which `running` names."""

import logging
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pydantic import ValidationError

from planner.scenario.portfolio import Portfolio
from planner.source import Path as Place
from planner.space.dataset_places import NamedFileError, find_named
from planner.space.portfolio.remarks import Checking

if TYPE_CHECKING:
    from planner.outcome.portfolio import PortfolioPlan

PLACE: Final[Place] = ("running", "plan")
MAX_PLAN_BYTES: Final = 64 * 2**20
SHOWN: Final = 3
"""Jobs that a message names."""

_LOG = logging.getLogger(__name__)


def earlier_plan(scenario: Portfolio, own: str, root: Path, checking: Checking) -> "PortfolioPlan | None":
    """The plan in the file that is named, or in the plan.json of the folder; None where there is none to read."""
    if scenario.running is None or scenario.running.plan is None:
        return None
    from planner.outcome.any_plan import parse_outcome
    from planner.outcome.portfolio import PortfolioPlan

    written = scenario.running.plan
    content = _content(written, own, root, checking)
    if content is None:
        return None
    try:
        plan = parse_outcome(content)
    except (ValidationError, ValueError) as error:
        _LOG.info("%s: %s", written, error)
        checking.complain(PLACE, f"{written!r} is no plan.json of this version", "plan the portfolio anew")
        return None
    if not isinstance(plan, PortfolioPlan):
        message = f"{written!r} is a plan of the kind {plan.kind}, and not of a portfolio"
        checking.complain(PLACE, message, "name the plan.json that `planner plan` wrote for this portfolio")
        return None
    _tell_others(scenario, plan, checking)
    return plan


def _content(written: str, own: str, root: Path, checking: Checking) -> bytes | None:
    name = written if written.endswith(".json") else f"{written.rstrip('/')}/plan.json"
    home = checking.document.file_at(PLACE)
    try:
        found = find_named(name, home if Path(home).is_file() else own, root)
        with found.path.open("rb") as opened:
            content = opened.read(MAX_PLAN_BYTES + 1)
    except NamedFileError as error:
        checking.complain(PLACE, error.message, error.hint)
        return None
    except OSError as error:
        checking.complain(PLACE, f"{written!r} cannot be read: {error.strerror or error}")
        return None
    if len(content) > MAX_PLAN_BYTES:
        checking.complain(PLACE, f"{written!r} is larger than {MAX_PLAN_BYTES // 2**20} MiB, and no plan.json")
        return None
    return content


def _tell_others(scenario: Portfolio, plan: "PortfolioPlan", checking: Checking) -> None:
    """Warn where the plan is of other jobs."""
    mine, theirs = [job.name for job in scenario.jobs], [job.name for job in plan.jobs]
    gone, new = [name for name in theirs if name not in mine], [name for name in mine if name not in theirs]
    told = [f"{words} {_named(names)}" for words, names in (("has", gone), ("lacks", new)) if names]
    if told:
        checking.warn(PLACE, f"the earlier plan is of other jobs: it {' and '.join(told)}", "is it this portfolio's?")


def _named(names: list[str]) -> str:
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return f"{', '.join(names[:SHOWN])}{more}"
