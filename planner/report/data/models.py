"""What a report prints of the models: rows of the table, marks of the chart, every value formatted."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Cell:
    """One figure of a table that is sorted by it."""

    text: str
    note: str = ""
    """Small print under the figure: its band, or the same in another unit."""
    value: float | None = None
    """What the table is sorted by; None where the figure is unknown."""

    @property
    def sort(self) -> str:
        """The value with six significant digits, empty where unknown."""
        return "" if self.value is None else f"{self.value:.6g}"


@dataclass(frozen=True, slots=True)
class ModelRow:
    """One configuration, or managed job, of a model."""

    id: str
    """Empty for a managed job, which is no configuration."""
    model: str
    where: str
    """`front`, `beside the front`, `near a decision` or `managed service`."""
    roles: tuple[str, ...]
    """Decisions of the plan that this configuration is."""
    picked: str
    """Why it is shown for its model: `cheapest, fastest`."""
    method: str
    settings: str
    machine: str
    base: Cell
    """Score of the base model in points of the plan's benchmark; q of the same as small print."""
    quality: Cell
    """Expected q after tuning, its 90 % band, and what it rests on: prior, calibrated."""
    gain: Cell
    """Expected q less q of the base model."""
    cost: Cell
    gain_cost: Cell
    """USD for each 0.01 of q gained; q gained for each USD as small print."""
    hours: Cell
    speed: Cell
    """Tokens per second of the whole machine; of one GPU as small print."""
    memory: Cell
    """Peak on the fullest GPU, of what a process can really use there."""
    filled: Cell
    """Share of the card that it fills."""


@dataclass(frozen=True, slots=True)
class ModelMark:
    """The configuration that stands for a model on the chart."""

    model: str
    id: str
    cost_usd: float
    quality: float
    low: float
    high: float
    """Central 90 % band of the quality."""
    frontier: bool
    """Whether no other mark costs less and promises more."""


@dataclass(frozen=True, slots=True)
class ModelTrust:
    """How far a model's expected quality can be trusted."""

    model: str
    text: str


@dataclass(frozen=True, slots=True)
class Models:
    """Quality against cost across the models of a plan."""

    lead: str = ""
    details: tuple[str, ...] = ()
    figures: tuple[tuple[str, str, str], ...] = ()
    """(what, figure, of which model and with what band)."""
    rows: tuple[ModelRow, ...] = ()
    """Models by expected quality, the best first, those of unknown quality last; each model's by cost."""
    on_paper: tuple[ModelRow, ...] = ()
    """Those of them that a page of paper has room for."""
    paper_rule: str = ""
    """Which these are; empty where they are all."""
    trust: tuple[ModelTrust, ...] = ()
    marks: tuple[ModelMark, ...] = ()
    dots: tuple[tuple[str, float, float], ...] = ()
    """(model, cost in USD, q) of further points of the front."""
    chart: str = ""
    """What the chart shows."""
    chart_rule: str = ""
    """What its marks, dots and line are, and what is left out."""
