"""What becomes of each job of a portfolio."""

from typing import Literal

from pydantic import Field

from planner.outcome.configuration import Figure, Frozen
from planner.outcome.plan import Metadata, Reference


class Chosen(Frozen):
    """The configuration that a job runs in, as its own plan describes it."""

    id: str
    """Of the configuration in the job's own plan."""
    model: str
    what: str
    """Model, method and settings in words."""
    where: str
    """Machines, provider and region in words."""
    provider: str
    region: str = ""
    country: str = ""
    gpu: str = ""
    """Empty for an API."""
    gpus: int
    """Held at a time; 0 for an API."""
    tier: str = ""
    decisions: list[str] = Field(default_factory=list)
    """What the job's own plan calls it: cheapest, fastest, best, knee; empty where it is none of these."""
    avoids: str = ""
    """Where it comes from a plan without a quota's machines, or without a provider: what that plan avoids."""


class Run(Frozen):
    """When a job runs, and what that costs and gives."""

    start: str
    """In the portfolio's time zone, as 2026-12-03T08:00:00+01:00."""
    end: str
    start_hours: float
    """Hours after the portfolio begins."""
    hours: float
    cost_usd: float
    cost_usd_lo: Figure
    cost_usd_hi: Figure
    mean_rate_cost_usd: float
    """What it would cost at a price that does not depend on the time; the same where no rates hold."""
    cost_by_month_usd: dict[str, float]
    """2026-12 → USD; the months that it runs in."""
    quality: Figure
    """Null where it is unknown."""
    carbon_kg: Figure
    late_hours: float
    """After the deadline; 0 where it is kept or there is none."""
    moved: bool
    """Elsewhere, or at another time, than the earlier plan has it."""
    before: str = ""
    """Where and when the earlier plan has it, in words; empty where it has not moved, or there is no such plan."""
    worth_usd: float
    """What it adds to the objective: value less cost less lateness, with priority."""


class Approval(Frozen):
    """Who has to approve a job's cost."""

    approver: str
    """As the policy names them."""
    above_usd: float
    """Amount above which they are asked."""
    policy: str
    """Name of the policy."""
    enforced: bool
    """Whether a missing approval denies."""
    amount_usd: Figure = None
    """What is to be approved: what all jobs of the scenario that run cost together, since approvals name scenarios."""
    open: bool = True
    """Whether it is still to be given: no committed approval covers the amount, and no exception from the policy."""
    given_by: str = ""
    """Who gave it; empty while it is open, and where an exception stands for it."""
    file: str = ""
    """The committed approval that covers it."""
    text: str = ""
    """Whom it needs, or who gave it until when; with why committed approvals do not count."""


class JobPlan(Frozen):
    """One job of the portfolio."""

    name: str
    team: str
    scenario: Reference
    kind: Literal["FineTune", "Serving"]
    status: Literal["runs", "left out", "failed", "started", "done"]
    """runs: is planned to; left out: an optional one that does not pay or fit; failed: its own scenario has no plan;
    started and done: in a portfolio that runs already."""
    priority: float
    """Team weight x urgency x impact."""
    optional: bool
    value_usd: Figure
    """Null where none is told."""
    earliest: str = ""
    deadline: str = ""
    hard: bool = False
    late_usd_per_day: float = 0.0
    after: list[str] = Field(default_factory=list)
    chosen: Chosen | None = None
    """Null of what does not run."""
    run: Run | None = None
    """Null of what does not run; of a done job what it was."""
    why: str = ""
    """Why it is left out, or why it failed, in words."""
    waits_for: str = ""
    """What keeps it from starting a slot earlier in the same configuration, the others staying: `GPUs anywhere`,
    `earliest start`, `not before now`, `after code-model`, `cheaper hours`, `blackout`, `budget research in 2026-12`
    and the like; several are parted by semicolons. Empty where nothing does, and of what does not run or has
    started."""
    considered: int = 0
    """Configurations that were considered for it."""
    on_front: int = 0
    """Points of its own front and of the plans without a place, before they were thinned."""
    passed_over: dict[str, int] = Field(default_factory=dict)
    """Configurations that a rule of the portfolio takes out: reason → how many."""
    approval: Approval | None = None
    """Who has to approve it by the policies; null where nobody. Of several policies that ask, the most pressing: open
    before given, enforced before not, the higher amount."""
    further_approvals: list[Approval] = Field(default_factory=list)
    """What other policies ask for beside it."""
    metadata: Metadata | None = None
    """Of its own scenario: policies, bills and charge-back go by it, with the job's team instead of that; null where
    the scenario cannot be read."""
