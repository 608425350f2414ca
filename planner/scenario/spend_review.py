"""The kind `SpendReview`: what was spent, by whom, what is odd, where it goes and what to change."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from planner.scenario.blocks import Block, Code, FileName, Metadata, Name
from planner.scenario.composition import Composable
from planner.scenario.quantities import Margin
from planner.scenario.spend_limits import Anomalies, ForecastOf, Kpi, SpendBudget
from planner.scenario.spend_rules import Attribution
from planner.scenario.spend_sources import Month, Source

Section = Literal[
    "summary", "attribution", "budget", "kpis", "drivers", "anomalies", "forecast", "model", "prices", "plans",
    "recommendations", "health", "agenda",
]  # fmt: skip
"""Parts of the report."""


class AdviceFrom(Block):
    """What advice may assume; every saving is computed on the history of the review itself."""

    commitment_discounts: dict[Literal["1y", "3y"], Margin] = Field(default_factory=dict)
    """Discount of a commitment: {1y: 30 %}; left out, the catalog's for the card and provider."""
    quality_kept: Margin = 0.98
    """Least share of the best metric that a shorter run or a smaller dataset must keep."""
    patience: Annotated[int, Field(ge=1, le=100)] = 3
    """Epochs or evaluations without an improvement after which a run would be stopped."""
    least_saving: Margin = 0.01
    """Least saving that is told, as a share of a month's spend."""


class SpendReview(Composable):
    """Review what was spent: bills, runs and requests in; attribution, budgets, anomalies, forecast and advice out."""

    api_version: Literal["planner/v1"]
    """Version of the scenario format."""
    kind: Literal["SpendReview"]
    """Which question the scenario asks."""
    metadata: Metadata
    month: Month | None = None
    """Month that is reviewed, as 2026-10; left out, the last one with charges."""
    as_of: Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$")] | None = None
    """Day that everything is looked at from: what starts on it or later has not happened yet. Left out, today."""
    time_zone: Name = "UTC"
    """Time zone that days and months are counted in, as Europe/Berlin."""
    currency: Code | None = None
    """Currency in which money is shown beside USD. Bills in other currencies are converted to USD."""
    rates: Annotated[dict[Code, Annotated[float, Field(gt=0, le=1e6)]], Field(max_length=200)] = Field(
        default_factory=dict
    )
    """Your own rates: USD for one unit of a currency, as {EUR: 1.09}; left out, the catalog's."""
    sources: Annotated[list[Source], Field(min_length=1, max_length=200)]
    """Bills (focus), runs, requests, gpu_samples, deployments."""
    attribution: Attribution = Attribution()
    budgets: Annotated[list[SpendBudget], Field(max_length=1000)] = Field(default_factory=list)
    """Amounts that spend is held against."""
    kpis: Annotated[list[Kpi], Field(max_length=200)] = Field(default_factory=list)
    """Unit costs with targets."""
    anomalies: Anomalies = Anomalies()
    forecast: ForecastOf = ForecastOf()
    plans: Annotated[list[FileName], Field(max_length=1000)] = Field(default_factory=list)
    """plan.json files, or folders with one, that runs are held against; * and ? stand for any signs of a name."""
    advice: AdviceFrom = AdviceFrom()
    sections: Annotated[list[Section], Field(min_length=1, json_schema_extra={"uniqueItems": True})] | None = None
    """Parts that the report prints; left out, all that have something to say."""
    overlays: Annotated[list[FileName], Field(max_length=20, json_schema_extra={"uniqueItems": True})] = Field(
        default_factory=list
    )
    """Files with providers, cards, models and private prices of your own (`kind: CatalogOverlay`)."""
    templates: FileName | None = None
    """Folder with report templates of your own, by its path from here."""

    @model_validator(mode="after")
    def _names_once(self) -> "SpendReview":
        for what, names in (("budgets", [b.name for b in self.budgets]), ("kpis", [k.name for k in self.kpis]),
                            ("rules", [r.name for r in self.attribution.rules])):  # fmt: skip
            twice = sorted({name for name in names if names.count(name) > 1})
            if twice:
                message = f"two {what} are called {twice[0]}"
                raise ValueError(message)
        return self
