"""What the executive report prints: a page of sentences and a few figures, every one of them already formatted."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class KeyFigure:
    """A figure that a director remembers."""

    what: str
    figure: str
    remark: str
    """Its band, or how far to trust it."""


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of a bar, in percent of its length."""

    start: float
    width: float


@dataclass(frozen=True, slots=True)
class CostLine:
    """One part of the cost."""

    name: str
    usd: str
    own: str
    """In the scenario's currency; empty where it names none."""
    share: str
    bar: Segment | None = None
    """Where it stands in the bar; None where it is unknown, nothing, or on top of the cost."""
    colour: str = ""
    """Of its piece of the bar."""


@dataclass(frozen=True, slots=True)
class CostOverview:
    """Where the money goes."""

    sentence: str = ""
    currency: str = ""
    """Code of the scenario's currency; empty where it names none."""
    parts: tuple[CostLine, ...] = ()
    total: CostLine | None = None
    band: str = ""
    extras: tuple[CostLine, ...] = ()
    """Labour, management and tax, as far as the scenario gives them; never inside the total."""
    in_all: CostLine | None = None
    """Total and extras; None without extras, or where one of them is unknown."""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Benefit:
    """What the money buys: quality after tuning against before."""

    sentences: tuple[str, ...] = ()
    band: Segment | None = None
    """The 90 % band on a scale from 0 to 1; None where the quality is unknown."""
    before: float | None = None
    """Untuned, in percent of that scale."""
    after: float | None = None


@dataclass(frozen=True, slots=True)
class OtherChoice:
    """What could be chosen instead, and what it costs more or less."""

    name: str
    what: str
    where: str
    cost: str
    cost_more: str
    time: str
    time_more: str
    quality: str
    quality_more: str
    sure: str
    """How likely it really is better in what it is told for; empty where that is not one question."""
    instance: str = ""
    """What its machine is called; told where two rows would look alike."""


@dataclass(frozen=True, slots=True)
class Told:
    """Something that may happen or be changed, and what is known of it."""

    what: str
    text: str


@dataclass(frozen=True, slots=True)
class NextStep:
    """One thing to do next, and the command that does it, where there is one."""

    text: str
    command: str = ""


@dataclass(frozen=True, slots=True)
class PaperFit:
    """How many rows of each list one sheet of paper holds."""

    others: int = 0
    risks: int = 0
    changes: int = 0
    steps: int = 0
    points: float = 8.0
    """Size of the text in points: the largest of a few at which the page is one sheet."""
    note: str = ""
    """How many rows are on the screen only; empty where all are on paper."""


@dataclass(frozen=True, slots=True)
class Executive:
    """One page for who decides."""

    question: str = ""
    searched: str = ""
    """How much was compared to answer it."""
    answer: str = ""
    sure: tuple[str, ...] = ()
    """Why this one, and how sure that is."""
    figures: tuple[KeyFigure, ...] = ()
    costs: CostOverview = CostOverview()
    benefit: Benefit = Benefit()
    others: tuple[OtherChoice, ...] = ()
    others_note: str = ""
    risks: tuple[Told, ...] = ()
    changes_title: str = ""
    changes: tuple[Told, ...] = ()
    """What happens if we wait or cut; where nothing is feasible, what would make something so."""
    steps: tuple[NextStep, ...] = ()
    paper: PaperFit = PaperFit()
    """On A4."""
    letter: PaperFit = PaperFit()
    """On the shorter Letter."""
