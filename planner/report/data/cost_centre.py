"""What a report prints of budgets and of what was spent: frozen, every value of it formatted."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class MonthPart:
    """What one cost centre or team spent in one month."""

    who: str
    text: str
    usd: float


@dataclass(frozen=True, slots=True)
class MonthRow:
    """What was spent in one month, and in the same month a year before."""

    month: str
    """YYYY-MM."""
    spent: str
    """`unknown` where no document tells."""
    counted: str
    """The day up to which it is counted, where the month is not over there; else empty."""
    before: str
    change: str
    """From the year before; empty where one of them is unknown, or they are not counted to the same day."""
    spent_usd: float | None
    before_usd: float | None
    parts: tuple[MonthPart, ...]
    """By whom, the largest over all months first; several small ones together are `others`, nobody `none named`."""


@dataclass(frozen=True, slots=True)
class CentreRow:
    """A cost centre or a team: what it plans, has spent, and may spend."""

    name: str
    plans: str
    planned: str
    planned_usd: float
    spent: str
    """This month, to date."""
    year: str
    """This calendar year, of the months that are known."""
    change: str
    """Year on year, of the months that both years count to the same day; empty where there is none."""
    basis: str
    """The sums behind it."""
    budget: str
    """Its budgets of this month; empty where it has none."""
    share: str
    """Of the tightest of them that spent and planned together use."""


@dataclass(frozen=True, slots=True)
class BudgetRow:
    """One budget against what is spent and planned."""

    who: str
    budget: str
    policy: str
    period: str
    limit: str
    spent: str
    counted: str
    """Day up to which it was spent; empty where that is unknown."""
    planned: str
    left: str
    """Budget variance: what is left of it, negative where it is passed; `unknown` where a part is."""
    share: str
    share_value: float | None
    level: str
    """The highest alert level that is reached, `over` it where none is above; empty for none."""
    state: str
    """`over`, `alert`, `within`, or `unknown`."""
    place: str


@dataclass(frozen=True, slots=True)
class JobRow:
    """One job: what its plan expects and what it has cost so far."""

    name: str
    planned: str
    band: str
    spent: str
    runs: str
    """How many runs of the plan what was spent would pay for; empty where nobody knows."""
    runs_band: str
    """The same by the plan's 90 % band of cost; empty where it has none."""


@dataclass(frozen=True, slots=True)
class CostSentences:
    """What the tables show, computed from them."""

    months: str = ""
    year: str = ""
    budgets: str = ""
    jobs: str = ""
    planned: str = ""
    """What planned costs stand for."""


@dataclass(frozen=True, slots=True)
class CostReport:
    """Budgets and spend of several plans' teams and cost centres."""

    asked: bool = False
    """Whether the documents were read at all."""
    lead: str = ""
    """What is planned, what was spent, and who is over, in one sentence."""
    figures: tuple[tuple[str, str, str], ...] = ()
    """(what, figure, remark) at the top."""
    today: str = ""
    month: str = ""
    by: str = ""
    """What the months are split by: `cost centre` or `team`."""
    spenders: tuple[str, ...] = ()
    """Those they are split into, in the order of the chart."""
    months: tuple[MonthRow, ...] = ()
    cost_centres: tuple[CentreRow, ...] = ()
    teams: tuple[CentreRow, ...] = ()
    budgets: tuple[BudgetRow, ...] = ()
    jobs: tuple[JobRow, ...] = ()
    alerts: tuple[str, ...] = ()
    """Budgets that reach a level, the fullest first, in sentences."""
    sources: tuple[tuple[str, str], ...] = ()
    """(document, what it says and where that is from)."""
    sentences: CostSentences = field(default_factory=CostSentences)
