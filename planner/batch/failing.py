"""What an error is told as, and the exit code that it ends with."""

import traceback
from dataclasses import dataclass

from planner.errors import ExitCode, PlannerError
from planner.files import why_not_written


@dataclass(frozen=True, slots=True)
class Failure:
    """An error as its reader sees it."""

    code: ExitCode
    text: str
    """The whole of it, over several lines."""
    reason: str
    """The first of it, in one line."""


def failure(error: Exception, *, color: bool = False, debug: bool = False) -> Failure:
    """An error of any kind; one that nobody expected is a bug of ours, and `debug` shows where it was raised."""
    if isinstance(error, PlannerError):
        return _expected(error, color=color)
    if isinstance(error, OSError):
        # Everything we read is read with a message of its own; what is left is a place that cannot be written.
        where = f" {error.filename}" if error.filename else ""
        reason = f"cannot write{where}: {why_not_written(error)}"
        return Failure(ExitCode.BAD_INPUT, f"error: {reason}", reason)
    if isinstance(error, MemoryError):
        reason = f"memory ran out: {error}" if str(error) else "memory ran out"
        return Failure(ExitCode.BUG, f"error: {reason}", reason)
    reason = f"this is a bug of ours: {type(error).__name__}: {error}"
    report = "set PLANNER_LOG_LEVEL=debug to see where, and please report it"
    more = "".join(traceback.format_exception(error)) if debug else report
    return Failure(ExitCode.BUG, f"{reason}\n{more}", reason)


def _expected(error: PlannerError, *, color: bool) -> Failure:
    from planner.source import InvalidInput, in_order, one_line, render_all

    if not isinstance(error, InvalidInput):
        return Failure(error.exit_code, f"error: {error}", str(error))
    errors = [problem for problem in in_order(error.problems) if problem.severity == "error"]
    first = one_line(errors[0]) if errors else str(error)
    more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
    return Failure(error.exit_code, render_all(error.problems, error.texts, color), f"{first}{more}")
