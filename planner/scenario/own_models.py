"""Models that a scenario brings along: described in place, or by a Hugging Face config.json in the repository."""

from typing import Annotated

from pydantic import Field, StringConstraints, model_validator

from planner.scenario.blocks import Block, Name, Slug, catalogued


class BaseScore(Block):
    """A score of a model before tuning, measured by you."""

    benchmark: Name = Field(json_schema_extra=catalogued("benchmarks"))
    """Benchmark of the catalog, run at its usual number of shots."""
    points: Annotated[float, Field(ge=0, le=100)]
    """Score in the benchmark's own points."""


class ExpertLayers(Block):
    """The experts of a mixture, in every layer."""

    count: Annotated[int, Field(ge=2, le=4096)]
    """Routed experts per layer."""
    active: Annotated[int, Field(ge=1, le=4096)]
    """Routed experts that one token uses."""
    ffn: Annotated[int, Field(ge=1, le=1_000_000)] | None = None
    """Width of one expert; left out, the model's ffn."""
    shared: Annotated[int, Field(ge=0, le=64)] = 0
    """Experts that every token uses besides."""

    @model_validator(mode="after")
    def _some_rest(self) -> "ExpertLayers":
        if self.active > self.count:
            message = f"active ({self.active}) is more than count ({self.count})"
            raise ValueError(message)
        return self


class Architecture(Block):
    """A model of your own: its shape, from which the catalog's formulas count its parameters."""

    id: Slug
    """Name in the plan."""
    layers: Annotated[int, Field(ge=1, le=1000)]
    """Decoder layers."""
    hidden: Annotated[int, Field(ge=8, le=200_000)]
    """Width of the layers."""
    heads: Annotated[int, Field(ge=1, le=4096)]
    """Attention heads."""
    kv_heads: Annotated[int, Field(ge=1, le=4096)] | None = None
    """Key and value heads; left out, as many as heads."""
    head_dim: Annotated[int, Field(ge=1, le=4096)] | None = None
    """Width of a head; left out, hidden / heads."""
    ffn: Annotated[int, Field(ge=1, le=1_000_000)]
    """Width of the MLP."""
    gated_mlp: bool = True
    """Three matrices per MLP (SwiGLU, GeGLU) instead of two."""
    experts: ExpertLayers | None = None
    """Given for a mixture of experts."""
    vocab: Annotated[int, Field(ge=2, le=10_000_000)]
    """Size of the vocabulary, padding included."""
    tied_embeddings: bool = False
    """The head shares the input embedding."""
    attention_bias: bool = False
    """Biases in the query, key and value projections."""
    context: Annotated[int, Field(ge=16, le=100_000_000)] = 8192
    """Longest context, in tokens."""
    license: Name = "user-given"
    """Licence, by its short tag."""
    released: Annotated[str, StringConstraints(pattern=r"^\d{4}(-\d{2}){0,2}$")] | None = None
    """Release, as a year, month or day; without it no requirement on dates is met."""
    base_score: BaseScore | None = None
    """Your own measurement of it, where quality starts; without one quality is unknown."""

    @model_validator(mode="after")
    def _whole_heads(self) -> "Architecture":
        if self.head_dim is None and self.hidden % self.heads:
            message = f"hidden ({self.hidden}) is no multiple of heads ({self.heads}); give head_dim"
            raise ValueError(message)
        if self.kv_heads is not None and self.heads % self.kv_heads:
            message = f"heads ({self.heads}) is no multiple of kv_heads ({self.kv_heads})"
            raise ValueError(message)
        return self


class ModelDefinition(Block):
    """A model of your own, described in the scenario; it joins the catalog for this plan."""

    define: Architecture


class ModelConfig(Block):
    """A model of your own, described by a Hugging Face config.json in the repository."""

    config: Name
    """Path of the config.json, from the scenario's folder or the repository's root; never outside the repository."""
    id: Slug | None = None
    """Name in the plan; left out, the name of the file's folder."""
    license: Name = "user-given"
    """Licence, by its short tag."""
    released: Annotated[str, StringConstraints(pattern=r"^\d{4}(-\d{2}){0,2}$")] | None = None
    """Release, as a year, month or day."""
    base_score: BaseScore | None = None
    """Your own measurement of it, where quality starts; without one quality is unknown."""
