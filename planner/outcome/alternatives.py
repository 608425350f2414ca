"""What else could be chosen: the next choices on the front, and near-optimal plans of another kind anywhere."""

from pydantic import Field

from planner.outcome.configuration import Configuration, Figure, Frozen


class Rival(Frozen):
    """One of the next choices on the front, by what the decision goes by."""

    id: str
    text: str
    """How sure the decision is against it, in words: `91 % likely cheaper than …`."""
    probability: dict[str, Figure]
    """Objective → probability that the decision is better on it, shared errors cancelled."""
    no_worse: Figure = None
    """Probability that the decision is no worse on every objective at once."""


class Alternative(Frozen):
    """The best plan of another kind whose objectives are all no worse than a decision's by more than a stated share."""

    decision: str
    kinds: list[str]
    """In what it differs: provider, tier, card, older card, method, model."""
    id: str
    on_front: bool
    """Whether it is a point of the front; else some point is better on every objective."""
    of: str
    """What the best of its kind is chosen by: cost, time, quality, carbon, or the largest loss over all objectives."""
    regret: Figure
    """How much worse it is on that: USD, hours, q, kg, or the share of the largest loss; below 0 where it is better."""
    regret_share: Figure
    """The same as a share of the decision's figure."""
    losses: dict[str, Figure]
    """Objective → share by which it is worse than the decision there; below 0 where it is better."""
    decision_better: Figure = None
    """Probability that the decision is really better on what this goes by; null for the largest loss."""
    text: str


class Alternatives(Frozen):
    """Near-optimal plans of another kind, for every decision."""

    near: Figure = None
    """The share within which a plan counts as near."""
    searched: str = ""
    """Which combinations were looked at, in words."""
    whole: bool = True
    """Whether that is the whole space, so that each is proven to be the best of its kind."""
    found: list[Alternative] = Field(default_factory=list)
    configurations: list[Configuration] = Field(default_factory=list)
    """Those of them that lie off the front."""
