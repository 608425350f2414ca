"""Ways to run a spot configuration against a deadline, as a plan tells them."""

from pydantic import Field

from planner.outcome.configuration import Figure, Frozen
from planner.scenario.spot_policy import SpotPolicyName


class SpotPolicy(Frozen):
    """One way to run one configuration of the plan; figures are means over simulated runs, with 90 % bands."""

    id: str
    """The configuration; its own figures are those of `spot_only`, from a formula."""
    policy: SpotPolicyName
    """spot_only waits for the next spot machine; fallback goes on demand once the slack is gone; uniform_progress keeps
    up with the deadline's pace, on demand where it must; multi_region takes the next spot machine in several places."""
    cost_usd: Figure
    """Expected cost; null where some runs never end, or a price is unknown."""
    cost_usd_lo: Figure
    cost_usd_hi: Figure
    cost_usd_q25: Figure = None
    """A quarter of the runs cost less; `_lo` and `_hi` are the 5 % and 95 % quantiles."""
    cost_usd_q50: Figure = None
    cost_usd_q75: Figure = None
    hours: Figure
    """Expected wall-clock, from request to finished artifact; null where some runs never end."""
    hours_lo: Figure
    hours_hi: Figure
    hours_q25: Figure = None
    hours_q50: Figure = None
    hours_q75: Figure = None
    """Null where more than a quarter of the runs never end."""
    on_demand_cost_usd: Figure = None
    """Cost of the job on the same machine on demand all the way, by formula (a median); null where none is in play."""
    on_demand_hours: Figure = None
    on_demand_meets_deadline: Figure = None
    """Share of runs on demand all the way that are done by the deadline; null without either."""
    on_demand_note: str = ""
    """What is to be said of on demand all the way: that no policy is as good, or that none is sure enough."""
    on_demand_recommended: bool = False
    """On demand all the way is in time with the confidence asked for and costs less than what else is."""
    meets_deadline: Figure
    """Share of the runs that are done by the deadline; null without one."""
    on_demand_share: float
    """Share of the machine hours that are on demand."""
    regions: list[str] = Field(default_factory=list)
    """Provider and region of the places it may run in, that of the configuration first."""
    recommended: bool = False
    """The cheapest that meets the deadline with the confidence asked for, 90 % unless the scenario says; of equally
    cheap ones the fastest. None where none meets it, or on demand all the way does for less."""
    note: str = ""
