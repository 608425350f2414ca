"""The small tables: claims of others, cuts, counts, chances, assumptions, sources."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ClaimCell:
    """One claimed figure and ours."""

    claim: str
    ours: str
    ratio: str
    """Ours over the claim."""


@dataclass(frozen=True, slots=True)
class ClaimRow:
    """One job that another tool makes claims about."""

    job: str
    provider: str
    cells: tuple[ClaimCell, ...]
    note: str


@dataclass(frozen=True, slots=True)
class ClaimTable:
    """Jobs with claims of the same figures."""

    figures: tuple[str, ...]
    rows: tuple[ClaimRow, ...]


@dataclass(frozen=True, slots=True)
class Cut:
    """A constraint and what it cut."""

    name: str
    text: str
    cuts: str
    share: str
    alone: str


@dataclass(frozen=True, slots=True)
class Count:
    """A reason and how many combinations or offers it took out; `line` turns it off."""

    reason: str
    count: str
    share: str = ""
    line: str = ""


@dataclass(frozen=True, slots=True)
class Chance:
    """How likely one decision beats another, objective by objective."""

    a: str
    b: str
    chances: tuple[str, ...]
    """In the order of `ReportData.objectives`."""
    no_worse: str
    """Chance of being no worse on all of them at once; empty where nobody worked it out."""
    verdict: str


@dataclass(frozen=True, slots=True)
class Assumed:
    """Something the planner filled in."""

    key: str
    value: str
    tag: str
    evidence: str
    note: str


@dataclass(frozen=True, slots=True)
class Source:
    """Where facts come from."""

    what: str
    source: str
    as_of: str
