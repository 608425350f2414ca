"""A model that a fine-tuning plan chose, as something to serve."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TrainedModel:
    """What a decision of a FineTune plan makes of a model; NaN is what its plan does not know."""

    model: int
    """Index into `Catalog.models`: the base."""
    text: str
    """What was decided, in words: `knee of support-bot: qwen3-8b by qlora`."""
    configuration: str
    """Id of the configuration in that plan."""
    q: float
    q_low: float
    q_high: float
    label: str
    cost_usd: float
    """Of one run."""
    runs_per_month: float

    @property
    def usd_per_month(self) -> float:
        """What tuning costs in a month."""
        return self.cost_usd * self.runs_per_month if self.runs_per_month else 0.0
