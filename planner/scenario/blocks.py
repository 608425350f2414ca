"""The blocks a scenario is made of. A field's docstring is what users read in hints, editors and the schema."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from planner.scenario.quantities import Confidence, Count, Hours, Kilograms, Margin, Money, Share

DATE = r"^\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?$"
Name = Annotated[str, StringConstraints(min_length=1, max_length=200)]
FileName = Annotated[str, StringConstraints(min_length=1, max_length=1000)]
"""Path of a file, from the folder of the file that names it."""
Code = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$"), Field(json_schema_extra={"x-form": "currency"})]
"""Code of a currency (ISO 4217)."""
Question = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300, pattern=r"^[^\r\n]*$")]
"""A sentence or two on one line."""
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9._-]{0,62}[a-z0-9]$|^[a-z0-9]$")]


def catalogued(kind: str) -> dict[str, Any]:
    """JSON Schema mark for text that names a row of the catalog; the schema builder adds the allowed names."""
    return {"x-catalog": kind}


class Block(BaseModel):
    """Common settings: frozen, no unknown keys, docstrings become descriptions."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        use_attribute_docstrings=True,
        populate_by_name=True,
        allow_inf_nan=False,
        defer_build=True,
    )


class Metadata(Block):
    """What the scenario is for and who answers for it."""

    name: Slug
    """Short name of lower-case letters, digits, dots, dashes, underscores; the report's folder is called after it."""
    team: Name | None = None
    """Team whose budget pays."""
    owner: Name | None = None
    """Person or group to ask."""
    cost_centre: Name | None = None
    """Cost centre for chargeback."""
    question: Question | None = None
    """The question that the plan is to answer, in your own words on one line; reports print it first."""
    labels: dict[Name, Name] = Field(default_factory=dict, max_length=50)
    """Free key: value labels."""


class ModelRequirements(Block):
    """What a model must offer; every model of the catalog that meets all of it is considered."""

    min_params: Count | None = None
    """Least number of parameters, such as 6B."""
    max_params: Count | None = None
    """Largest number of parameters, such as 9B."""
    license: list[Name] | None = Field(default=None, min_length=1)
    """Licences allowed, by their short tag (apache-2.0, mit, llama3.1 …)."""
    families: list[Name] | None = Field(default=None, min_length=1)
    """Model families allowed (llama, qwen2, mistral …)."""
    min_context: Count | None = None
    """Least context length, in tokens."""
    released_after: Annotated[str, StringConstraints(pattern=DATE)] | None = None
    """Earliest release, as a year, month or day: 2024-07."""


class ModelQuery(Block):
    """Models by requirement instead of by name."""

    where: ModelRequirements


class MethodOptions(Block):
    """Options of a fine-tuning method; what does not apply to the method is refused."""

    rank: Annotated[int, Field(ge=1, le=4096)] | None = None
    """Rank of the adapter matrices (default 16)."""
    alpha: Annotated[float, Field(gt=0, le=65536)] | None = None
    """Scale of the adapter (default twice the rank); moves no estimate."""
    dropout: Annotated[float, Field(ge=0, lt=1)] | None = None
    """Dropout on the adapter's input (default 0); above 0 it costs memory."""
    targets: Literal["all-linear", "attention", "qv"] | None = None
    """Which matrices are adapted (default all-linear)."""
    precision: Literal["bf16_mixed", "bf16_pure"] | None = None
    """Where weights of the model are trained: bf16_mixed keeps fp32 master weights and moments (default; fp16 with fp32
    weights on cards without bf16), bf16_pure does not."""
    layers: Annotated[int, Field(ge=1, le=1000)] | None = None
    """freeze only: how many layers, from the top, are trained (default 8)."""


class TokensPerSample(Block):
    """Length of one training sample, prompt and completion together, in tokens."""

    mean: Count
    """Mean length in tokens."""
    p95: Count | None = None
    """Length that 95 % of the samples stay under; without it a typical spread is assumed."""


class Dataset(Block):
    """The training data: as numbers, as a file of lengths, or as the data itself; exactly one of the three."""

    samples: Count | None = None
    """Number of training examples, such as 400k."""
    tokens_per_sample: TokensPerSample | Count | None = None
    """Length of a sample in tokens: one number (the mean), or mean and p95."""
    lengths: FileName | None = None
    """File of sample lengths: one whole number of tokens per line, optionally with a count of samples after it."""
    file: FileName | None = None
    """The data itself, as JSONL: chat `messages`, `prompt` and `completion`, or `text`; samples, lengths and
    completion_share are measured."""
    format: Literal["auto", "chat", "prompt_completion", "text"] = "auto"
    """Format of the rows of `file`; auto takes that of the first row."""
    tokenizer: FileName | None = None
    """A tokenizer.json that the texts of `file` are counted with; left out, tokens are estimated from bytes."""
    completion_share: Share = 0.5
    """Share of the tokens that are learned from (answers); prompts cost time all the same. Measured where the data
    itself is given."""
    share: Share = 1.0
    """Part of the samples that is used; sweep it under axes to see what less data costs in quality."""
    validation_share: Margin = 0.02
    """Samples held out and evaluated after every epoch, as a share of those used."""


class Train(Block):
    """How the training runs."""

    epochs: Annotated[float, Field(gt=0, le=1000)] = 3.0
    """Passes over the data."""
    global_batch_size: Annotated[int, Field(ge=1, le=65536)] = 64
    """Samples per optimizer step over all GPUs; packed sequences when packing."""
    max_seq_len: Annotated[int, Field(ge=16, le=2_000_000)] = 2048
    """Longer samples are cut here, in tokens; packed sequences have this length."""
    packing: bool = True
    """Fill every sequence with several samples instead of padding."""
    optimizer: Literal["adamw_fused", "adamw_foreach", "adamw_8bit"] = "adamw_fused"
    """adamw_foreach needs one more copy of the trained weights for a moment; adamw_8bit keeps 2 B of state."""
    checkpointing: Literal["auto", "none", "selective", "full"] = "auto"
    """Recompute activations instead of keeping them; auto takes the fastest that fits."""
    attention: Literal["auto", "flash", "efficient", "eager"] = "auto"
    """Attention kernel; auto is flash where the card has it, else memory-efficient."""
    loss_kernel: Literal["auto", "standard", "fused"] = "auto"
    """fused computes the loss without holding all logits; auto is what the stack does."""
    micro_batch_size: Annotated[int, Field(ge=1, le=4096)] | None = None
    """Sequences per GPU and pass; left out, the largest that fits is taken."""
    parallelism: Literal["auto", "single", "ddp", "zero1", "zero2", "fsdp", "tp", "pp", "fsdp_offload"] = "auto"
    """How GPUs share the model: replicas (ddp), sharded states (zero1), gradients (zero2) and weights (fsdp, ZeRO-3),
    every layer split (tp), layers in stages (pp), shards in host memory (fsdp_offload, one GPU too). auto takes the
    fastest of the first five that fits, else of tp and pp, else fsdp_offload."""
    evaluations_per_epoch: Annotated[float, Field(ge=0, le=1000)] = 1.0
    """How often the held-out samples are evaluated."""
    checkpoint_interval_hours: Annotated[float, Field(gt=0, le=1e6)] | None = None
    """Hours of training between two checkpoints; left out, spot machines take the exact optimum and machines on
    demand save once per epoch."""
    spot_share: Margin = 0.0
    """Part of the work that an on-demand machine leaves to its spot twin (same provider, machine and region), which
    goes first; the rest then runs on demand. It means nothing to offers that are spot themselves."""
    expected_reruns: Annotated[float, Field(ge=0, le=100)] = 0.15
    """Runs repeated after mistakes or crashes, as a share of one run; counted in the cost, not in the time."""


class Baseline(Block):
    """What the quality prior starts from."""

    benchmark: Name = Field(json_schema_extra=catalogued("benchmarks"))
    """Benchmark whose published scores of the base models are compared."""


class Floor(Block):
    """The least quality that is acceptable; give one of the two."""

    points: Annotated[float, Field(ge=0, le=100)] | None = None
    """Least published score of the base model on the baseline benchmark, in its own points."""
    q: Annotated[float, Field(ge=0, lt=1)] | None = None
    """Least predicted quality after tuning, 0 (chance) to 1."""

    @model_validator(mode="after")
    def _one_of_two(self) -> "Floor":
        if (self.points is None) == (self.q is None):
            message = "give either points or q"
            raise ValueError(message)
        return self


class Quality(Block):
    """What good means for this job."""

    task: Name = Field(default="general", json_schema_extra=catalogued("tasks"))
    """Kind of use; decides which benchmarks stand for it."""
    baseline: Baseline | None = None
    """Left out, the task's first benchmark that most of the models have a score on is taken."""
    floor: Floor | None = None
    """Least quality that is acceptable."""
    allow_prior: bool = False
    """Let models without a score compete with an estimate from their size and date, at its low end."""
    allow_claims: bool = False
    """Use scores that another tool prints, of low confidence, for models without a published one."""


class CostLimit(Block):
    """A budget that is kept with a stated probability."""

    usd: Money
    """Most the job may cost, such as $200."""
    confidence: Confidence
    """Probability that it costs no more, such as 0.9; 0.5 is what a plain number means."""


class TimeLimit(Block):
    """A deadline that is met with a stated probability."""

    hours: Hours
    """Longest wait from request to finished artifact, such as 12 h."""
    confidence: Confidence
    """Probability that it is done by then, such as 0.9; 0.5 is what a plain number means."""


class CarbonLimit(Block):
    """An emission limit that is kept with a stated probability."""

    kg: Kilograms
    """Most CO2-equivalent the job may cause, such as 25 kg."""
    confidence: Confidence
    """Probability that it causes no more, such as 0.9; 0.5 is what a plain number means."""


class Constraints(Block):
    """Hard limits; a configuration that breaks one is not on the front, and the plan counts why.

    A plain number bounds the median of the estimate; with `confidence` that quantile of it is bounded.
    """

    max_cost_usd: Money | CostLimit | None = Field(default=None, alias="max_cost")
    """Most the job may cost: $200 bounds the median, {usd: 200, confidence: 0.9} the 90 % quantile."""
    deadline_hours: Hours | TimeLimit | None = Field(default=None, alias="deadline")
    """Longest wait from request to finished artifact: 12 h bounds the median, {hours: 12, confidence: 0.9} the 90 %
    quantile."""
    max_carbon_kg: Kilograms | CarbonLimit | None = Field(default=None, alias="max_carbon")
    """Most CO2-equivalent the job may cause: 25 kg bounds the median, {kg: 25, confidence: 0.9} the 90 % quantile."""
    confidence: Confidence | None = None
    """Probability that max_cost, deadline and max_carbon, as far as given, hold together, such as 0.9. Their errors are
    partly shared (a slow run is late and dear), so it is not the product of the three."""
    memory_margin: Margin = 0.08
    """Part of the estimated memory kept free on the card against fragmentation and surprises."""


class Labour(Block):
    """What people cost. It is shown beside the cost of the job, never inside it, and decides nothing."""

    setup_hours: Annotated[float, Field(ge=0, le=1e6)]
    """Engineering hours that the job takes to set up and look after."""
    usd_per_hour: Money
    """What an engineering hour costs, such as $95."""
    management_percent: Annotated[float, Field(ge=0, le=100)] = 0.0
    """Management, as a percentage of the cost of the job and of the engineering time together."""


class Tax(Block):
    """A tax on the bill. It is shown beside the cost of the job, never inside it, and decides nothing."""

    percent: Annotated[float, Field(gt=0, le=100)]
    """Percent of what the job costs."""
    name: Name = "tax"
    """What it is called, such as VAT."""


class AxisRange(Block):
    """Evenly spaced values of an axis, both ends included."""

    from_: float = Field(alias="from")
    """First value."""
    to: float
    """Last value, not below the first."""
    step: Annotated[float, Field(gt=0)]
    """Distance between values; for a continuous axis write `between: [0.1, 1.0]` instead of from, to and step."""


class AxisInterval(Block):
    """Every value between two ends: a continuous axis, searched instead of listed."""

    between: Annotated[list[float], Field(min_length=2, max_length=2)]
    """Smallest and largest value."""
    step: Annotated[float, Field(gt=0)] | None = None
    """Only values at this distance from the smallest one are tried; whole numbers need none."""


class SearchSettings(Block):
    """How the space is searched.

    Left out, a space of lists and ranges is searched exactly, and one with a continuous axis, or too large to count,
    from a coarse exact pass by a sampler and a polish.
    """

    strategy: Literal["auto", "exact", "sampled"] = "auto"
    """exact: every combination, or proof that it does not matter; sampled: a coarse pass, a sampler and a polish, with
    a budget; auto: exact where that can be done."""
    sampler: Literal["nsga2", "nsga3", "tpe", "gp", "cmaes", "qmc", "random"] = "nsga2"
    """Sampler of Optuna; nsga2 breeds generations of non-dominated points and knows constraints. `planner list
    samplers` says what each can do."""
    evaluations: Annotated[int, Field(ge=1, le=1_000_000)] | None = None
    """Points the sampler may try, after the coarse pass and before the polish. Left out: 2000, or as many as the
    sampler is good for."""
    converged_below: Share | None = None
    """Stop sampling once five generations together add less than this share of the hypervolume, such as 0.1 %."""
    polish: Literal["slsqp", "differential_evolution", "dual_annealing", "none"] = "slsqp"
    """What improves points of the front afterwards: over continuous axes SciPy's gradient (slsqp), genetic
    (differential_evolution) or annealing (dual_annealing) method, choices held fixed; over all others moves to
    neighbouring values. none leaves both out."""
    seed: Annotated[int, Field(ge=0, le=2**32 - 1)] = 1
    """Start of the random numbers: the same seed gives the same plan."""


AxisValue = bool | int | float | Annotated[str, StringConstraints(min_length=1, max_length=64)]
AxisValues = Annotated[list[AxisValue], Field(min_length=1, max_length=10_000)]
