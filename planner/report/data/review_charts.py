"""The numbers that charts of a review draw, in the order in which they are drawn."""

from dataclasses import dataclass

from planner.report.data.cost_centre import MonthRow


@dataclass(frozen=True, slots=True)
class DayBar:
    """A day of the past."""

    day: str
    total: str
    parts: tuple[float, ...]
    """USD by team, in the order of `DailyChart.teams`."""
    texts: tuple[str, ...]
    """The same, printed."""


@dataclass(frozen=True, slots=True)
class Mark:
    """Days that were unlike what is usual."""

    number: str
    """As in the table of anomalies."""
    first_day: str
    last_day: str
    text: str


@dataclass(frozen=True, slots=True)
class Ahead:
    """A day to come."""

    day: str
    usd: float
    low: float | None
    high: float | None
    text: str
    band: str


@dataclass(frozen=True, slots=True)
class DailyChart:
    """Spend day by day, what was odd, and the forecast with its band."""

    teams: tuple[str, ...] = ()
    """The dearest first; small ones together are `others`, what nobody is charged for `unattributed`."""
    days: tuple[DayBar, ...] = ()
    marks: tuple[Mark, ...] = ()
    ahead: tuple[Ahead, ...] = ()
    level: str = ""
    """Of the band: `90 %`."""


@dataclass(frozen=True, slots=True)
class MonthsChart:
    """Spend month by month."""

    teams: tuple[str, ...] = ()
    months: tuple[MonthRow, ...] = ()


@dataclass(frozen=True, slots=True)
class Bullet:
    """A budget: what is used of it, against its amount and its time; shares of the amount."""

    name: str
    text: str
    """`$32,225 of $26,000`."""
    used: float
    elapsed: float
    forecast: float | None
    low: float | None
    high: float | None
    status: str
    what: str


@dataclass(frozen=True, slots=True)
class Step:
    """A part of the change from one month to the next, or the whole of it."""

    name: str
    usd: float
    text: str
    whole: bool = False


@dataclass(frozen=True, slots=True)
class ModelBar:
    """What a model cost in the month: (what for, USD, printed)."""

    name: str
    total: str
    parts: tuple[tuple[str, float, str], ...]


@dataclass(frozen=True, slots=True)
class ReviewCharts:
    """All of them; those without data are not drawn."""

    daily: DailyChart = DailyChart()
    months: MonthsChart = MonthsChart()
    bullets: tuple[Bullet, ...] = ()
    steps: tuple[Step, ...] = ()
    models: tuple[ModelBar, ...] = ()
