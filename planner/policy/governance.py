"""The documents that govern plans, as they were read at one revision, and what all policies together say."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final, Generic, Literal, TypeVar

from planner.decision_names import DecisionName
from planner.outcome import Place
from planner.policy.cases import PolicyTest
from planner.policy.documents import Approval, Policy, PolicyException, Spend
from planner.scenario.blocks import Block
from planner.source import Document

What = Literal["policy", "exception", "approval", "spend", "lock", "policy-test"]
"""What a file that governs is, as notes on trust name it."""


@dataclass(frozen=True, slots=True)
class Form:
    """A kind of governing document."""

    type: type[Block]
    title: str
    """Of its schema."""
    what: What
    field: str
    """Where `Governance` holds documents of it."""


FORMS: Final[Mapping[str, Form]] = MappingProxyType(
    {
        "Policy": Form(Policy, "Policy", "policy", "policies"),
        "PolicyException": Form(PolicyException, "Exception from a policy", "exception", "exceptions"),
        "Approval": Form(Approval, "Approval of a cost", "approval", "approvals"),
        "Spend": Form(Spend, "Month-to-date spend", "spend", "spends"),
        "PolicyTest": Form(PolicyTest, "Tests of policies", "policy-test", "tests"),
    }
)
"""Kind of document → its form."""
GOVERNING: Final = frozenset({"policy", "exception", "approval", "spend"})
"""Kinds of documents that judge a change."""
DEFAULT_DECISION: Final[DecisionName] = "knee"
RESERVED: Final = frozenset({"trust", "lock", "infeasible", "unreadable", "approvals"})
"""Names of the rules that every policy has."""

Form_co = TypeVar("Form_co", bound=Block, covariant=True)


@dataclass(frozen=True, slots=True)
class Written(Generic[Form_co]):
    """A document with the text it was read from."""

    value: Form_co
    document: Document

    @property
    def file(self) -> str:
        """Its path from the repository's root."""
        return self.document.file

    def place(self, *path: str | int, key: bool = False) -> Place:
        """Where the value at `path` is written; of what is not written the nearest around it."""
        span = self.document.span(path, key)
        return Place(file=self.document.file, line=span.line, column=span.column)


@dataclass(frozen=True, slots=True)
class Governance:
    """All governing documents of one revision, each kind in the order of its files."""

    policies: tuple[Written[Policy], ...] = ()
    exceptions: tuple[Written[PolicyException], ...] = ()
    approvals: tuple[Written[Approval], ...] = ()
    spends: tuple[Written[Spend], ...] = ()
    tests: tuple[Written[PolicyTest], ...] = ()

    def with_trusted(self, head: "Governance | None") -> "Governance":
        """This governance, with the head's documents for the kinds that a change may bring along."""
        if head is None:
            return self
        allowed = allowed_in_same_change(self)
        return replace(
            self,
            policies=head.policies if "policy" in allowed else self.policies,
            exceptions=head.exceptions if "exception" in allowed else self.exceptions,
            approvals=head.approvals if "approval" in allowed else self.approvals,
            spends=head.spends if "spend" in allowed else self.spends,
        )


def allowed_in_same_change(governance: Governance) -> frozenset[str]:
    """Kinds of documents that a change may bring and have count: those that every policy allows.

    Where there is no policy yet there is nothing that a change could loosen, and all of them are.
    """
    allowed = GOVERNING
    for policy in governance.policies:
        allowed &= frozenset(policy.value.trust.same_change)
    return allowed


def decision_of(governance: Governance) -> DecisionName:
    """The decision of a plan that is judged; where policies disagree, that of the first by file name."""
    return next((name for _, name in _decisions(governance)), DEFAULT_DECISION)


def decision_warnings(governance: Governance) -> list[str]:
    """What to say where policies disagree on the decision that is judged."""
    asked = _decisions(governance)
    if len({name for _, name in asked}) < 2:
        return []
    listed = ", ".join(f"{name} ({file}:{line})" for file, line, name in _places(governance))
    return [f"policies disagree on the decision to judge: {listed}; {asked[0][1]} counts, the first by file name"]


def day(text: str) -> datetime.date | None:
    """The day that a date means; of a month or a year its first one, and None where it is no date."""
    parts = text.split("-")
    try:
        return datetime.date.fromisoformat("-".join([*parts, "01", "01"][:3]))
    except ValueError:
        return None


def _decisions(governance: Governance) -> list[tuple[str, DecisionName]]:
    return [(policy.file, policy.value.decision) for policy in governance.policies if policy.value.decision is not None]


def _places(governance: Governance) -> list[tuple[str, int, str]]:
    return [
        (policy.file, policy.place("decision").line, policy.value.decision)
        for policy in governance.policies
        if policy.value.decision is not None
    ]
