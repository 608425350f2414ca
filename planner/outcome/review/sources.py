"""What was read, what was set aside and why, and whether the sums agree."""

from typing import Literal

from pydantic import Field

from planner.outcome.configuration import Frozen

SourceKind = Literal["focus", "runs", "mlflow", "requests", "gpu_samples", "deployments"]


class CurrencyTotal(Frozen):
    """The billed amounts of a bill in one currency, in that currency.

    read = kept + duplicate + replaced + future + rejected, to the cent.
    """

    currency: str
    usd_per_unit: float
    read: float
    kept: float
    duplicate: float
    """Of rows that another file has too."""
    replaced: float
    """Of rows whose month a later file brings anew."""
    future: float
    """Of rows that start on the day of the review or later."""
    rejected: float
    """Of rows that were refused, as far as their amount can be read."""


class SourceRead(Frozen):
    """One source."""

    name: str
    kind: SourceKind
    files: int
    rows: int
    kept: int
    duplicate: int = 0
    replaced: int = 0
    future: int = 0
    rejected: int = 0
    first_day: str = ""
    last_day: str = ""
    version: str = ""
    """FOCUS version that its columns say: 1.0, 1.2."""
    totals: list[CurrencyTotal] = Field(default_factory=list)
    """Of bills only."""
    notes: list[str] = Field(default_factory=list)
    """What is worth knowing of it: columns that are missing, tags that no row has."""


class Reject(Frozen):
    """A row that was refused."""

    source: str
    file: str
    row: int
    """From 1, the header not counted; 0 where the whole file is meant."""
    column: str
    """Empty where the row as a whole is wrong."""
    reason: str
    value: str = ""


class Invoice(Frozen):
    """An invoice's total against the rows of its month."""

    source: str
    month: str
    currency: str
    invoiced: float
    rows: float
    difference: float
    """Rows less invoice."""
    agrees: bool
    """To the cent."""


class Gap(Frozen):
    """Days for which a source has nothing, though it has others before and after, or the month is over."""

    source: str
    month: str
    days: list[str]


class Health(Frozen):
    """How much the review can be trusted, source by source."""

    status: Literal["ok", "warning", "broken"]
    source: str
    message: str


class Read(Frozen):
    """Everything that was read."""

    sources: list[SourceRead]
    rejects: list[Reject]
    """The first hundred; `rejected.csv` beside the plan has all."""
    invoices: list[Invoice] = Field(default_factory=list)
    gaps: list[Gap] = Field(default_factory=list)
    health: list[Health] = Field(default_factory=list)
