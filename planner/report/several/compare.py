"""Plans held against each other: who is first on what, how sure that is, and what they differ in.

How likely one figure is above another is worked out where the estimates are (errors that both share cancel) and handed
in; here it is only told.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from planner.report.certainty import ROBUST, TOO_CLOSE
from planner.report.data.collection import Compared, Member, Standing
from planner.report.data.rows import Figure
from planner.report.names import listed, plural
from planner.report.several.compare_facts import differing_facts
from planner.units import chance_text, compact, duration, kilograms, quality_q, significant, usd

Chances = Mapping[tuple[int, int, str], float | None]
"""(place of one plan, place of a later one, figure) → probability that the later one's is really above the first's."""
SPELT: Final = 10
"""Plans up to which the chart names them; those of more have numbers."""
BANDED: Final = 6
"""Plans up to which the chart has bands; those of more would hide the points."""
NAMED: Final = 4
"""Plans that a sentence names."""
SIZE: Final = 1.05
"""Ratio of trained tokens from which jobs are told to differ in size."""


@dataclass(frozen=True, slots=True)
class _Objective:
    """What plans are compared on."""

    field: str
    figure: str
    """Its name in `Chances`."""
    word: str
    head: str
    badge: str
    """The first on it, in a word."""
    first: str
    """The same in a sentence."""
    better: str
    """What the first is than another: `cheaper`."""
    behind: str
    """What another is than the first: `dearer`."""


@dataclass(frozen=True, slots=True)
class _First:
    """Who is first on an objective, and who is too close to tell from it."""

    objective: _Objective
    name: str
    level: tuple[str, ...]
    sure: float | None
    """Probability that it is really better than the one from which that is least sure."""


OBJECTIVES: Final = (
    _Objective("cost", "cost_usd", "cost", "Cost", "cheapest", "the cheapest", "cheaper", "dearer"),
    _Objective("hours", "hours", "time", "Time", "fastest", "the fastest", "faster", "slower"),
    _Objective(
        "quality", "quality", "quality", "Quality q", "best", "the best by predicted quality", "better", "worse"
    ),
    _Objective("carbon", "carbon_kg", "emissions", "CO2e", "least", "the lowest in emissions", "lower", "higher"),
)
_SAY: Final = {"cost": usd, "hours": duration, "quality": quality_q, "carbon": kilograms}


def compared(members: Sequence[Member], chances: Chances) -> Compared:
    """The plans held against each other; empty for fewer than two with a decision."""
    if sum(one.state == "planned" for one in members) < 2:
        return Compared()
    used = [o for o in OBJECTIVES if o.field != "carbon" or any(one.carbon.value is not None for one in members)]
    yardsticks = _yardsticks(members)
    columns, verdicts, firsts = [], [], []
    for objective in used:
        apart = objective.field == "quality" and len(yardsticks) > 1
        if apart:
            column, verdict = _not_compared(members, yardsticks)
        else:
            column, verdict, first = _column(members, objective, chances)
            firsts += [first] if first else []
        columns.append(column)
        verdicts.append(verdict)
    blocks, same = differing_facts([one for one in members if one.facts])
    return Compared(
        lead=_lead(firsts),
        objectives=tuple(objective.head for objective in used),
        standings=tuple(zip(*columns, strict=True)),
        verdicts=tuple(verdicts),
        differing=blocks,
        same=same,
        caveats=tuple(_caveats(members)),
    )


def decisions_sentence(members: Sequence[Member]) -> str:
    """What the chart of all decisions shows; empty where it has nothing to show."""
    drawn = [(one, row) for one in members for row in one.decisions if row.cost.value and row.hours.value]
    if not drawn:
        return ""
    cheap, fast = (min(drawn, key=lambda pair: getattr(pair[1], field).value or 0.0) for field in ("cost", "hours"))
    plans = len({one.id for one, _ in drawn})
    return (
        f"{plural(len(drawn), 'decision')} of {plural(plans, 'plan')}: the least cost is {cheap[1].cost.text} "
        f"({', '.join(cheap[1].roles)} of {cheap[0].name}), the least time {fast[1].hours.text} "
        f"({', '.join(fast[1].roles)} of {fast[0].name}). Nearer to the lower left is better."
    )


def legend_sentence(members: Sequence[Member]) -> str:
    """How the chart of all decisions is read."""
    mark = "number" if any(one.number for one in members) else "name"
    told = f"One colour and shape for each plan; its {mark} stands at the decision that is shown"
    if sum(bool(one.decisions) for one in members) <= BANDED:
        return f"{told}, with its 90 % bands."
    return f"{told}."


def _column(
    members: Sequence[Member], objective: _Objective, chances: Chances
) -> tuple[list[Standing], str, "_First | None"]:  # fmt: skip
    """How every plan stands on one objective, and who is first on it, in a sentence and apart."""
    values = [getattr(one, objective.field) for one in members]
    known = [place for place, figure in enumerate(values) if figure.value is not None]
    if not known:
        blank = [Standing("", "", first=False) for _ in members]
        return blank, f"No plan knows its {objective.word}.", None
    sign = -1.0 if objective.field == "quality" else 1.0
    order = sorted(known, key=lambda place: (sign * values[place].value, place))
    best = order[0]
    sure = {place: _sure(best, place, objective, chances) for place in order[1:]}
    equal = [place for place in order[1:] if values[place].value == values[best].value]
    close = [place for place in order[1:] if (p := sure[place]) is not None and p < TOO_CLOSE and place not in equal]
    standings = [
        Standing("unknown" if one.state == "planned" else "", "", first=False)
        if place not in known
        else Standing(objective.badge, "too close to call" if close else "", first=True)
        if place == best
        else _behind(values[best], values[place], objective, sure[place])
        for place, one in enumerate(members)
    ]
    first = None
    if len(order) > 1:
        least = min(sure.values(), key=lambda p: -1.0 if p is None else p)
        level = tuple(members[place].name for place in order if place in (*equal, *close))
        first = _First(objective, members[best].name, level, least)
    return standings, _verdict(members, values, order, objective, sure), first


def _lead(firsts: Sequence["_First"]) -> str:
    """`a is the cheapest and the fastest, b the best by predicted quality`; what is too close to call is told so."""
    wins: dict[str, list[str]] = {}
    for one in firsts:
        if not one.level:
            certain = one.sure is not None and one.sure >= ROBUST
            wins.setdefault(one.name, []).append(f"{'' if certain else 'probably '}{one.objective.first}")
    told = [f"{name} is {listed(what)}" for name, what in wins.items()]
    close = [f"{one.objective.word} ({_named([one.name, *one.level])})" for one in firsts if one.level]
    if close:
        told.append(f"too close to call: {listed(close)}")
    return f"{'; '.join(told)}." if told else ""


def _behind(best: Figure, other: Figure, objective: _Objective, sure: float | None) -> Standing:
    gap = abs((other.value or 0.0) - (best.value or 0.0))
    if gap == 0:
        return Standing(objective.badge, "", first=True)
    text = f"{_SAY[objective.field](gap)} {objective.behind}"
    if objective.field != "quality" and best.value:
        text += f", {significant((other.value or 0.0) / best.value, 2)} times"
    return Standing(text, _sure_text(sure), first=False)


def _verdict(
    members: Sequence[Member], values: Sequence[Figure], order: Sequence[int], objective: _Objective,
    sure: Mapping[int, float | None],
) -> str:  # fmt: skip
    best, rest = order[0], order[1:]
    name, figure = members[best].name, values[best]
    band = f" (90 % band {figure.band})" if figure.band else ""
    equal = [place for place in rest if values[place].value == figure.value]
    if equal:
        names = _named([name, *(members[place].name for place in equal)])
        return f"{objective.word.capitalize()}: {names} are the same at {figure.text}{band}."
    told = f"{objective.word.capitalize()}: {name} is {objective.first} at {figure.text}{band}"
    if not rest:
        return f"{told}; of no other plan is it known."
    close = [place for place in rest if (p := sure[place]) is not None and p < TOO_CLOSE]
    unsure = [place for place in rest if sure[place] is None]
    following = rest[0]
    told += f". Next comes {members[following].name} at {values[following].text}"
    if close:
        names = _named([members[place].name for place in close])
        told += f"; too close to tell from {names}"
    elif (p := sure[following]) is not None:
        told += f"; {chance_text(p)} sure that {name} is really {objective.better}"
    if unsure:
        told += f"; how sure it is against {_named([members[place].name for place in unsure])} is unknown"
    return f"{told}."


def _named(names: list[str]) -> str:
    """Names in a sentence, of many the first few."""
    more = len(names) - NAMED
    return listed(names if more < 2 else [*names[:NAMED], f"{more:,} more"])


def _sure(best: int, other: int, objective: _Objective, chances: Chances) -> float | None:
    """Probability that the first is really better than another."""
    low, high = sorted((best, other))
    above = chances.get((low, high, objective.figure))
    if above is None:
        return None
    better_is_low = objective.field != "quality"
    # `above` says that the later plan's figure is the higher one.
    return above if (best == low) == better_is_low else 1.0 - above


def _sure_text(p: float | None) -> str:
    if p is None:
        return "how sure is unknown"
    return f"too close to call ({chance_text(p)})" if p < TOO_CLOSE else f"{chance_text(p)} sure"


def _yardsticks(members: Sequence[Member]) -> dict[str, list[str]]:
    """What quality is measured by → the plans that do."""
    found: dict[str, list[str]] = {}
    for one in members:
        if one.quality.value is not None:
            found.setdefault(one.yardstick or "a measure that the plan does not name", []).append(one.name)
    return found


def _not_compared(members: Sequence[Member], yardsticks: Mapping[str, list[str]]) -> tuple[list[Standing], str]:
    each = "; ".join(f"{_named(names)} by {what}" for what, names in yardsticks.items())
    standing = Standing("not compared", "", first=False)
    blank = Standing("", "", first=False)
    column = [standing if one.quality.value is not None else blank for one in members]
    return column, f"Quality q is not compared, since the plans measure it differently: {each}."


def _caveats(members: Sequence[Member]) -> Iterable[str]:
    tokens = [(one.tokens, one) for one in members if one.tokens]
    if tokens:
        (least, small), (most, large) = (pick(tokens, key=lambda pair: pair[0]) for pick in (min, max))
        if most > SIZE * least:
            yield (
                f"The jobs differ in size: {large.name} trains on {compact(most)} tokens, {small.name} on "
                f"{compact(least)}. Cost per million tokens stands among the differences."
            )
    services = [one.name for one in members if one.decision == "service"]
    if services:
        yield f"Managed services do not tell how long a job takes: {_named(services)}."
    absent = [one.name for one in members if one.state != "planned"]
    if absent:
        yield f"Without a decision, and so not compared: {_named(absent)}."
