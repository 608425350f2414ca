"""The block `decide:` of a scenario: decisions beyond cheapest, fastest, best and knee, and how near counts as near."""

from typing import Annotated, Literal

from pydantic import ConfigDict, Field, model_validator

from planner.scenario.blocks import Block
from planner.scenario.quantities import Hours, Kilograms, Money, Quality, QualityStep, Share, Slack, Weight

Objective = Literal["cost", "time", "quality", "carbon"]


class TopsisWeights(Block):
    """What each objective weighs, against the others: {cost: 0.4, time: 0.2, quality: 0.4}.

    They need not add up to 1, and 40 % is 0.4; an objective without a weight has none.
    """

    cost: Weight = 0.0
    """Weight of the cost."""
    time: Weight = 0.0
    """Weight of the time."""
    quality: Weight = 0.0
    """Weight of the quality."""
    carbon: Weight = 0.0
    """Weight of the emissions."""

    @model_validator(mode="after")
    def _some(self) -> "TopsisWeights":
        if not (self.cost or self.time or self.quality or self.carbon):
            message = "every weight is 0; give at least one objective a weight above 0"
            raise ValueError(message)
        return self


class Tolerance(Block):
    """One objective, and how much of it is given up for those after it."""

    model_config = ConfigDict(json_schema_extra={"minProperties": 1, "maxProperties": 1})

    cost: Slack | None = None
    """Share of the lowest cost, such as 5 %."""
    time: Slack | None = None
    """Share of the shortest time, such as 5 %, not a length of time."""
    quality: QualityStep | None = None
    """Quality below the highest, in q itself, such as 0.01; q runs from 0 to 1, so that 5 % is 0.05."""
    carbon: Slack | None = None
    """Share of the lowest emissions, such as 5 %."""

    def step(self) -> tuple[Objective, float]:
        """The objective named, and its tolerance."""
        named: dict[Objective, float | None] = {
            "cost": self.cost, "time": self.time, "quality": self.quality, "carbon": self.carbon
        }  # fmt: skip
        return next((name, value) for name, value in named.items() if value is not None)


class Bounds(Block):
    """Bounds on objectives that are not optimised; medians are held against them."""

    model_config = ConfigDict(json_schema_extra={"minProperties": 1})

    cost: Money | None = None
    """Highest cost, such as $200."""
    time: Hours | None = None
    """Longest time, such as 24 h."""
    quality: Quality | None = None
    """Lowest quality, in q from 0 (chance) to 1."""
    carbon: Kilograms | None = None
    """Highest emissions, such as 25 kg."""


class Epsilon(Block):
    """The best by one objective with the others bounded: {minimise: cost, within: {time: 24 h, quality: 0.7}}."""

    minimise: Literal["cost", "time", "carbon"] | None = None
    """What is to be as low as possible; or write maximise: quality."""
    maximise: Literal["quality"] | None = None
    """Instead of minimise: the quality is to be as high as possible."""
    within: Bounds
    """Bounds on other objectives: {time: 24 h, quality: 0.7}."""

    @model_validator(mode="after")
    def _one_of_two(self) -> "Epsilon":
        if (self.minimise is None) == (self.maximise is None):
            message = "give either minimise (cost, time or carbon) or maximise: quality"
            raise ValueError(message)
        if getattr(self.within, self.objective) is not None:
            message = f"{self.objective} is optimised and bounded; to bound it, use constraints"
            raise ValueError(message)
        return self

    @property
    def objective(self) -> Objective:
        """What is optimised."""
        return self.minimise or "quality"


class Decide(Block):
    """Further decisions on the front; each has its own name in the plan, beside cheapest, fastest, best and knee."""

    topsis: TopsisWeights | None = None
    """Decision `topsis`: nearest to the ideal and farthest from the worst on the front, each objective weighed."""
    lexicographic: Annotated[list[Objective | Tolerance], Field(min_length=1, max_length=4)] | None = None
    """Decision `lexicographic`: objectives in order of importance, each with what may be given up of it for those that
    follow: [quality: 0.01, cost: 5 %, time]; a name alone gives up nothing."""
    epsilon: Epsilon | None = None
    """Decision `epsilon`: best by one objective with the others bounded; told as undefined where nothing keeps to
    that."""
    near: Share = 0.1
    """Plans that differ in kind (another provider, tier, card, method or model) are shown beside each decision where no
    objective is worse than the decision's by more than this share."""

    def order(self) -> list[tuple[Objective, float]]:
        """The lexicographic order: objectives, each with its tolerance."""
        return [(one, 0.0) if isinstance(one, str) else one.step() for one in self.lexicographic or ()]
