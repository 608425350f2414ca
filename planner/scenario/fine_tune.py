"""The kind `FineTune`: which model, method, settings and machine to train on."""

from typing import Annotated, Literal

from pydantic import Field

from planner.scenario.blocks import (
    AxisInterval,
    AxisRange,
    AxisValues,
    Code,
    Constraints,
    Dataset,
    FileName,
    Labour,
    Metadata,
    MethodOptions,
    ModelQuery,
    Name,
    Quality,
    SearchSettings,
    Tax,
    Train,
)
from planner.scenario.composition import Composable
from planner.scenario.decide import Decide, Objective
from planner.scenario.hardware import Hardware
from planner.scenario.own_models import ModelConfig, ModelDefinition
from planner.scenario.rules import Rule
from planner.scenario.storage import Storage

DEFAULT_OBJECTIVES: tuple[Objective, ...] = ("cost", "time", "quality")


class FineTune(Composable):
    """Fine-tune a language model: plural keys list alternatives, singular keys take one value.

    To sweep a single value, name it under `axes` by its dotted path.
    """

    api_version: Literal["planner/v1"]
    """Version of the scenario format."""
    kind: Literal["FineTune"]
    """Which question the scenario asks."""
    metadata: Metadata
    models: Annotated[list[Name | ModelQuery | ModelDefinition | ModelConfig], Field(min_length=1, max_length=500)]
    """Models to consider: catalog ids, `where:` with requirements, or your own: `define:` its shape, or name its
    Hugging Face `config:`."""
    methods: Annotated[list[Name | dict[str, MethodOptions]], Field(min_length=1, max_length=100)] = Field(
        json_schema_extra={"x-catalog-methods": "methods"}
    )
    """Fine-tuning methods to consider: full, lora, qlora, dora, lora-8bit, freeze; options go below the name."""
    stacks: Annotated[list[Name], Field(min_length=1)] = Field(
        default=["hf-trainer"], json_schema_extra={"x-catalog-items": "stacks"}
    )
    """Training stacks to consider."""
    dataset: Dataset
    train: Train = Train()
    axes: dict[Name, AxisValues | AxisRange | AxisInterval] = Field(default_factory=dict, max_length=20)
    """Single values to sweep, by dotted path: `train.epochs: [1, 2, 3]`, `method.rank: [8, 16, 64]`,
    `dataset.share: {from: 0.2, to: 1, step: 0.2}`; `{between: [1, 4]}` makes a number a continuous axis."""
    include: Annotated[list[Rule], Field(max_length=50)] = Field(default_factory=list)
    """Keep only combinations that match one of these rules: {model: qwen3-8b, gpu: [l40s, h100*]}. A rule names
    model, method, stack, gpu, count, provider, region, tier or a swept value; names may have wildcards."""
    exclude: Annotated[list[Rule], Field(max_length=50)] = Field(default_factory=list)
    """Leave out combinations that match one of these rules: {model: qwen3-8b, method: full}, {gpu: l4, count: 8}."""
    hardware: Hardware = Hardware()
    storage: Storage = Storage()
    """What stays on disk before and after the run, and what was sent out this month."""
    quality: Quality = Quality()
    constraints: Constraints = Constraints()
    calibration: FileName | None = None
    """File that `planner calibrate` made from runs of your own, by its path from here; estimates then start from it."""
    overlays: Annotated[list[FileName], Field(max_length=20, json_schema_extra={"uniqueItems": True})] = Field(
        default_factory=list
    )
    """Files with providers, cards, models and private prices of your own (`kind: CatalogOverlay`), by their paths from
    here; of two that speak of the same, the later counts."""
    templates: FileName | None = None
    """Folder with report templates of your own, by its path from here: `planner plan --template NAME` finds them."""
    currency: Code | None = None
    """Currency in which money is shown beside USD, by its code, such as EUR; amounts may be written in any currency."""
    tax: Tax | None = None
    """A tax on the bill, such as VAT; left out, none is counted."""
    labour: Labour | None = None
    """Engineering and management; left out, neither is counted."""
    objectives: Annotated[list[Objective], Field(min_length=1, json_schema_extra={"uniqueItems": True})] = Field(
        default_factory=lambda: list(DEFAULT_OBJECTIVES)
    )
    """What to trade off: cost, time, quality, carbon."""
    decide: Decide = Decide()
    """Decisions of your own on the front, beside cheapest, fastest, best and knee."""
    search: SearchSettings = SearchSettings()
    """How the space is searched: exactly, or by samples."""
