"""The overlay: what a user's own runs say, as a small file that is committed beside the scenarios that name it."""

from typing import Annotated, Final, Literal

import yaml
from pydantic import Field

from planner.scenario.blocks import Block, Name

KIND: Final = "CalibrationOverlay"
HEADER: Final = (
    "# Made by `planner calibrate` from runs of your own; commit it, and name it in a scenario: `calibration: FILE`.\n"
    "# Made again from all runs whenever there are new ones; not meant to be edited.\n"
)
_DIGITS: Final = 6
"""Significant digits that are written: the same bytes on every machine."""

Positive = Annotated[float, Field(gt=0)]
Spread = Annotated[float, Field(ge=0)]
Count = Annotated[int, Field(ge=0)]
Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Date = Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$")]


class Evidence(Block):
    """The runs that a figure rests on."""

    runs: Annotated[int, Field(ge=1)]
    """How many."""
    first: Date | None = None
    """Earliest date among them; absent where none is dated."""
    last: Date | None = None
    """Latest date among them."""


class Factor(Evidence):
    """A positive figure and what runs made of it."""

    before: Positive
    """The figure in the catalog."""
    value: Positive
    """The figure now."""
    error: Spread
    """Standard error of its logarithm."""


class Preemption(Evidence):
    """Preemptions per running hour of one machine; a Gamma posterior (DOMAIN 5.3)."""

    before: Spread
    """The rate in the catalog."""
    value: Positive
    """The rate now: shape over hours."""
    shape: Positive
    """The prior's preemptions and those of the runs."""
    hours: Positive
    """The prior's hours and those of the runs."""
    preemptions: Count
    """Preemptions in the runs."""
    running_hours: Positive
    """Running hours of the runs."""


class Intercept(Evidence):
    """How far evaluations lie from the quality prior, in logits of q (DOMAIN 4.2)."""

    mean: float
    """What is added to every prediction for the task."""
    sd: Positive
    """What is not known of it."""


class OwnBand(Block):
    """A 90 % interval of ln(actual/predicted) for the next run."""

    low: float
    """Its lower end."""
    high: float
    """Its upper end."""
    runs: Count
    """Runs on it; from three of a stack on, each was predicted from the others."""
    way: Literal["conformal", "student-t"]
    """From their residuals alone, or with the prior's spread while there are few (DOMAIN 12)."""
    methods: list[Name] = Field(default_factory=list)
    """Methods of the runs; none stands for any."""
    least_parameters: Positive | None = None
    """Parameters of their smallest model."""
    most_parameters: Positive | None = None
    """Parameters of their largest model."""


class Bands(Block):
    """Bands that replace the published ones."""

    throughput: dict[Name, OwnBand] = Field(default_factory=dict)
    """By `stack/gpu`."""
    memory: dict[Name, OwnBand] = Field(default_factory=dict)
    """By stack."""


class RunsUsed(Block):
    """The runs that the overlay was made from."""

    used: Annotated[int, Field(ge=1)]
    """Runs read."""
    left_out: Count
    """Rows that could not be read and were skipped."""
    first: Date | None = None
    """Earliest date."""
    last: Date | None = None
    """Latest date."""
    digest: Digest
    """SHA-256 of the run file; of several, of their digests in order."""


class CatalogUsed(Block):
    """The catalog that the runs were compared with."""

    as_of: str
    """Its date."""
    digest: Digest
    """SHA-256 over its files."""


class Overlay(Block):
    """Figures that a user's own runs refit; all of them are shrunk towards the catalog's where there are few runs."""

    api_version: Literal["planner/v1"]
    """Version of the format."""
    kind: Literal["CalibrationOverlay"]
    """What this file is."""
    runs: RunsUsed
    catalog: CatalogUsed
    speed: dict[Name, Factor] = Field(default_factory=dict)
    """By stack: multiplier on achieved speed."""
    memory: dict[Name, Factor] = Field(default_factory=dict)
    """By stack: multiplier on peak memory."""
    preemption: dict[Name, Preemption] = Field(default_factory=dict)
    """By `provider/spot`."""
    price: dict[Name, Factor] = Field(default_factory=dict)
    """By `provider/tier`: what is paid over what is listed."""
    quality: dict[Name, Intercept] = Field(default_factory=dict)
    """By kind of task."""
    bands: Bands = Bands()


def rounded(value: float) -> float:
    """A figure as the file holds it."""
    return float(f"{value:.{_DIGITS}g}")


def overlay_text(overlay: Overlay) -> str:
    """The bytes of the file: tables sorted by name, absent parts left out."""
    data = overlay.model_dump(exclude_none=True)
    tables = ("speed", "memory", "preemption", "price", "quality")
    for name in tables:
        data[name] = dict(sorted(data[name].items()))
    data["bands"] = {name: dict(sorted(table.items())) for name, table in data["bands"].items() if table}
    kept = {name: part for name, part in data.items() if part or name not in (*tables, "bands")}
    return HEADER + yaml.safe_dump(kept, sort_keys=False, allow_unicode=True, width=120)
