"""Every error the planner raises on purpose, and the one table of exit codes.

A message that ends a command is raised as a `PlannerError`; whatever else escapes is our own bug and ends with
70, so that a crash never looks like a verdict.
"""

from collections.abc import Iterable
from enum import IntEnum


class ExitCode(IntEnum):
    """What a command's exit status means."""

    OK = 0
    BAD_INPUT = 2
    INFEASIBLE = 3
    PRICE = 4
    GATE = 5
    BUG = 70
    INTERRUPTED = 130


MEANING = {
    ExitCode.OK: "fine",
    ExitCode.BAD_INPUT: "bad usage or scenario",
    ExitCode.INFEASIBLE: "nothing feasible; the message says which constraint to relax, and by how much",
    ExitCode.PRICE: "a price is missing or stale where a policy or `--require-fresh` asks, or a required source fails",
    ExitCode.GATE: "a gate failed (budget, policy, approval), or `planner prices alerts` found something",
    ExitCode.BUG: "a bug of ours",
    ExitCode.INTERRUPTED: "interrupted (Ctrl-C, SIGTERM); nothing half-written was left",
}


SEVERITY = (
    ExitCode.OK, ExitCode.INFEASIBLE, ExitCode.PRICE, ExitCode.BAD_INPUT, ExitCode.GATE, ExitCode.BUG,
    ExitCode.INTERRUPTED,
)  # fmt: skip
"""The exit codes from best to worst: where several scenarios end differently, the worst counts."""


def worst(codes: Iterable[ExitCode]) -> ExitCode:
    """The worst of these exit codes; of none, fine."""
    return max(codes, key=SEVERITY.index, default=ExitCode.OK)


class PlannerError(Exception):
    """An expected failure: its text is for the user and says what to do."""

    exit_code = ExitCode.BAD_INPUT


class InputError(PlannerError):
    """A file or argument that cannot be used: absent, unreadable, too large, of a foreign kind, or full of problems."""


class SetupError(PlannerError):
    """A part of the installation is missing; the text names what to install."""
