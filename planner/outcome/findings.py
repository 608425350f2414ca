"""What a plan says about its search: what was cut and why, what would free it, what was assumed."""

from pydantic import Field

from planner.outcome.alternatives import Rival
from planner.outcome.configuration import Figure, Frozen


class Search(Frozen):
    """How the space was searched."""

    strategy: str
    covered: int
    """Combinations of model, method, axes, machine and offer that the scenario allows."""
    evaluated: int
    pruned: int
    pruned_by: dict[str, int] = Field(default_factory=dict)
    exact: bool = True
    """Whether the front is proven to be that of the whole space; never with a continuous axis."""
    sampler: str | None = None
    """Sampler of continuous spaces, with the seed that repeats it."""
    seed: int | None = None
    coarse: int = 0
    """Combinations of the coarse pass that the sampler starts from; part of `evaluated`."""
    sampled: int = 0
    """Points that the sampler tried after it; part of `evaluated`."""
    polished: int = 0
    """The same by the polish."""
    polish: str | None = None
    """What polished over continuous axes; null where the space was searched exactly."""
    stored: int = 0
    """Points of those sampled that came from a storage: of an earlier run, or of workers."""
    generations: int | None = 0
    """Generations that the sampler was asked for; null where points came from a storage, which does not tell in how
    many."""
    stopped: str = ""
    """Why the sampling ended: limit (evaluations used up), converged, or exhausted (nothing new to try)."""
    hypervolume_by_generation: list[float] = Field(default_factory=list, max_length=200)
    """Hypervolume in the same box as `hypervolume`, before the first generation and after each; of a long search,
    after every second, fourth … one, and the last. Of a search that was resumed only what came since."""
    hypervolume: Figure = None
    """Share of the box between `ideal` and `nadir` that the front dominates."""
    hypervolume_of_grid: Figure = None
    """The same of the coarse grid's front, in the same box: what sampling and polish added to."""
    ideal: list[Figure] = Field(default_factory=list)
    """Best value of each objective on the front, in their order."""
    nadir: list[Figure] = Field(default_factory=list)
    """Worst value of each objective on the front."""


class Removal(Frozen):
    """Offers or models that were left out before the search."""

    what: str
    count: int
    turn_off: str = ""
    """What to write in the scenario to have them in; empty where nothing can."""


class Constraint(Frozen):
    """A limit of the scenario and what it cut."""

    name: str
    limit: float
    unit: str
    text: str
    """The limit as a person writes it."""
    cuts: int
    """Combinations that break it."""
    cuts_alone: int
    """Combinations that break it and nothing else."""


class Relaxation(Frozen):
    """The smallest change of one constraint, or of one closed choice, that makes something feasible."""

    constraint: str
    limit: Figure
    """The number that is to change; null where a choice is to be opened instead."""
    needed: Figure
    unit: str
    change: Figure
    """Relative change of the limit."""
    text: str


class Assumption(Frozen):
    """Something the scenario left open and the planner filled in."""

    key: str
    value: str
    tag: str
    """Evidence: C read in a source, R recomputed, M from memory, E engineering prior, U the user's own."""
    note: str


class Source(Frozen):
    """Where facts in this plan come from."""

    what: str
    source: str
    as_of: str


class DecisionNote(Frozen):
    """Why a configuration was chosen, and what is too close to call."""

    text: str
    rule: str = ""
    """The rule alone, without the configuration that it chose."""
    within_noise: list[str] = Field(default_factory=list)
    """Ids of front points that the bands cannot tell from this one on the objective that decides."""
    margin: Figure = None
    """How far the best point of another choice (model, method, card or their number) is behind, as a share of what
    this decision goes by; null where the front holds no other choice."""
    margin_of: str = ""
    """What the decision goes by: cost, time, quality, carbon, trade-off or closeness."""
    rival: str = ""
    """Id of that point."""
    undefined: bool = False
    """Whether there is no such point, strictly. `rule` says why, and what was taken instead, if anything was."""
    keeps: Figure = None
    """Probability that it keeps to max_cost, deadline and max_carbon together; null where there is no such limit."""
    rivals: list[Rival] = Field(default_factory=list)
    """The next choices on the front, nearest first, and how sure the decision is against each."""


class Pairing(Frozen):
    """How likely one decision beats another on each objective, shared errors cancelled."""

    a: str
    b: str
    probability: dict[str, Figure]
    a_no_worse: Figure = None
    """Probability that `a` is no worse than `b` on every objective at once; from 0.9 on it dominates robustly."""
    b_no_worse: Figure = None
    """The same of `b`."""


class ScalingPoint(Frozen):
    """A decision on another number of GPUs: same recipe, card, provider and tier, the cheapest region of that count."""

    decision: str
    gpu: str
    count: int
    provider: str
    region: str
    cost_usd: Figure
    hours: Figure
    memory_gib: Figure
    """Of the fullest GPU; null where nothing fits."""
    feasible: bool
    reason: str
    """What stops it, or the limit that it breaks; empty where it is feasible."""


class Claim(Frozen):
    """A figure that another tool claims for a job, and our estimate of that job; quoted, never used to calibrate."""

    job: str
    provider: str
    figure: str
    unit: str
    claim: float
    ours: Figure
    ratio: Figure
    """Ours over the claim."""
    note: str
    source: str
    as_of: str
