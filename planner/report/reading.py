"""Reading a plan.json back, however it got here; what is not one is said plainly."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from pydantic import ValidationError

from planner.errors import InputError
from planner.kind_names import CALLED
from planner.outcome import AnyPlan, Plan
from planner.outcome.any_plan import parse_outcome
from planner.report.names import shorten
from planner.version import __version__

if TYPE_CHECKING:
    from planner.outcome.any_plan import Outcome

LONGEST: Final = 40
"""Characters of a version that are told."""
MAX_BYTES = 512 * 2**20
"""A front of a hundred thousand configurations stays below this."""


def read_plan(path: Path) -> Plan:
    """The plan of fine-tuning in a plan.json, or in the folder that holds one; raises InputError for another kind."""
    plan = read_any_plan(path)
    if not isinstance(plan, Plan):
        message = (
            f"{path}: a plan of the kind {plan.kind}; this takes one of the kind FineTune; `planner diff` holds two "
            "plans against each other, the template index lists plans of both kinds"
        )
        raise InputError(message)
    return plan


def read_any_plan(path: Path) -> AnyPlan:
    """The plan of fine-tuning or serving in a plan.json, or in the folder with one; raises InputError for another."""
    outcome = read_outcome(path)
    if not isinstance(outcome, AnyPlan):
        message = (
            f"{path}: {CALLED[outcome.kind]}, and this takes a plan of fine-tuning or serving; `planner report` prints "
            "it, `planner export` writes its figures"
        )
        raise InputError(message)
    return outcome


def read_outcome(path: Path) -> "Outcome":
    """What the plan.json at a path, or in the folder at it, holds, of whatever kind."""
    file = path / "plan.json" if path.is_dir() else path
    try:
        size = file.stat().st_size
        if size > MAX_BYTES:
            message = f"{file}: {size / 2**20:,.0f} MiB is too large for a plan"
            raise InputError(message)
        content = file.read_bytes()
    except OSError as error:
        message = f"{file}: {error.strerror or error}; `planner plan SCENARIO` writes a plan.json"
        raise InputError(message) from error
    try:
        return parse_outcome(content)
    except ValidationError as error:
        raise InputError(_not_a_plan(file, content, error)) from error


def _not_a_plan(file: Path, content: bytes, error: ValidationError) -> str:
    try:
        data = json.loads(content)
    except ValueError:
        scenario = f" {file}" if file.suffix.lower() in (".yaml", ".yml") else ""
        return f"{file}: not JSON; expected the plan.json that `planner plan{scenario}` writes"
    if not isinstance(data, dict) or ("front" not in data and data.get("kind") not in CALLED):
        return f"{file}: no plan; expected the plan.json that `planner plan` writes"
    first = error.errors()[0]
    place = ".".join(str(part) for part in first["loc"])
    what = CALLED.get(str(data.get("kind")), "a plan").removeprefix("a ")
    return f"{file}: not a {what} of this version{_made_by(data)}: {place}: {first['msg']}; plan the scenario again"


def _made_by(data: dict[str, Any]) -> str:
    """Which planner made it, where it says so and that is another one."""
    made = data.get("planner")
    version = made.get("version") if isinstance(made, dict) else None
    if not isinstance(version, str) or version == __version__:
        return ""
    return f" ({__version__}; planner {shorten(version, LONGEST)} made it)"
