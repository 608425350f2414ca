"""Configuration → where its memory, money and time go, and the words that plan it alone: what a click on a point shows.

The page holds this of every point of the front, so it is kept small there: each text once, each split once.
"""

import json
import re
import shlex
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, Final

from planner.outcome import Configuration, Plan
from planner.outcome.fitting import MAY_NOT_FIT, chance_of_no_fit
from planner.outcome.plan import PlanHead
from planner.report.data.bars import Bar
from planner.report.data.details import Detail, Details, Split
from planner.report.data.rows import Row
from planner.report.names import clean
from planner.report.sections.bars import COST_TERMS, MEMORY_TERMS, TIME_TERMS, Chosen, cost_bars, memory_bars, time_bars
from planner.report.sections.thinning import RULE, thin_front
from planner.units import share_text

RULE_KEYS: Final = ("model", "method", "stack", "gpu", "count", "provider", "region", "tier")
"""Keys of the `include` rule that keeps one configuration."""
TITLES: Final = ("Memory of the fullest GPU", "Cost", "Time")
_PLAIN: Final = re.compile(r"[a-z][a-z0-9_.-]*")
_PATH: Final = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*", re.ASCII)
"""What an axis of the planner is called; no other word gets into lines and commands that are copied."""
_OTHER_THINGS: Final = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n"})
"""Words that YAML takes for something else."""
MOST: Final = 2_000
"""Points of the front whose terms a page holds at most: some 500 KB."""


def details_of(plan: Plan, front: Sequence[Row]) -> Details:
    """The terms of the points of the front, of which these are the rows, and of those beside it."""
    kept = {row.id for row in thin_front(front, MOST, plan.objectives)}
    shown = [*(c for c, row in zip(plan.front, front, strict=True) if row.id in kept), *plan.beside]
    axes = tuple(dict.fromkeys(path for c in shown for path in c.axes if _PATH.fullmatch(path)))
    told = f"This page holds the terms of {len(kept):,} of the {len(front):,} points: {RULE}."
    return Details(
        memory_terms=tuple(MEMORY_TERMS.values()),
        cost_terms=tuple(COST_TERMS.values()),
        time_terms=tuple(TIME_TERMS),
        rule_keys=RULE_KEYS,
        axes=axes,
        command=command_of(plan),
        configurations=tuple(_detail(c, axes) for c in shown),
        text=f"{told} Those of any other are told by planner explain." if len(kept) < len(front) else "",
    )


def _detail(c: Configuration, axes: Sequence[str]) -> Detail:
    rule = (
        c.model, c.method.get("name"), c.stack, c.hardware.gpu, c.hardware.count, c.offer.provider, c.offer.region,
        c.offer.tier,
    )  # fmt: skip
    memory = _split(c, memory_bars, tuple(MEMORY_TERMS.values()))
    return Detail(
        id=clean(c.id),
        memory=replace(memory, note=f"{memory.note}{_tight(c)}"),
        cost=_split(c, cost_bars, tuple(COST_TERMS.values())),
        time=_split(c, time_bars, tuple(TIME_TERMS)),
        rule=tuple(_written(value) for value in rule),
        axes=tuple("" if c.axes.get(path) is None else _written(c.axes[path]) for path in axes),
    )


def _split(c: Configuration, bars: Callable[[Chosen], tuple[Bar, ...]], terms: tuple[str, ...]) -> Split:
    (bar,) = bars([(c, ())])
    return split_of(bar, terms)


def split_of(bar: Bar, terms: tuple[str, ...]) -> Split:
    """The parts of a bar, in the order of `terms`; what the bar lacks is unknown."""
    whole = sum(part.value for part in bar.parts)
    known = {part.name: part for part in bar.parts}
    return Split(
        total=bar.total,
        note="; ".join(filter(None, [bar.band, f"of {bar.limit_text}" if bar.limit_text else "", bar.note])),
        parts=tuple(known[term].text if term in known else "unknown" for term in terms),
        shares=tuple(
            round(100 * known[term].value / whole) if term in known and whole > 0 else 0 for term in terms
        ),
    )  # fmt: skip


def _tight(c: Configuration) -> str:
    """How likely it runs out of memory, where decisions are told with a warning too; else empty."""
    chance = chance_of_no_fit(c.memory_gib)
    return "" if chance <= MAY_NOT_FIT else f". {share_text(chance)} likely to run out of memory: try a short run first"


def _written(value: Any) -> str:  # noqa: ANN401 - any value of a scenario
    """The value in YAML: a plain word, else JSON in ASCII without the quote that would end a word of a shell."""
    if isinstance(value, str) and _PLAIN.fullmatch(value) and value not in _OTHER_THINGS:
        return value
    return json.dumps(value, ensure_ascii=True).replace("'", r"\u0027")


def command_of(plan: PlanHead) -> str:
    """`planner plan support-bot.yaml --set train.epochs=2`, quoted; empty where a word is not what it looks like.

    Empty too where the scenario is no file, such as a mapping that a program gave.
    """
    if plan.scenario.path.startswith("<"):
        return ""
    words = ["planner", "plan", plan.scenario.path]
    for change in plan.scenario.changes:
        words += change.split(" ", 1)
    return shlex.join(words) if all(word == clean(word) for word in words) else ""


def compact(details: Details) -> dict[str, Any]:
    """The same for a page: texts and splits are listed once, configurations name their places in these lists."""
    texts, splits = dict[str, int](), dict[tuple[Any, ...], int]()

    def place(text: str) -> int:
        return texts.setdefault(text, len(texts))

    def split(split: Split) -> int:
        pairs = [end for part, share in zip(split.parts, split.shares, strict=True) for end in (place(part), share)]
        return splits.setdefault((place(split.total), place(split.note), *pairs), len(splits))

    found = {
        d.id: [split(d.memory), split(d.cost), split(d.time), *map(place, d.rule), *map(place, d.axes)]
        for d in details.configurations
    }
    return {
        "titles": TITLES,
        "terms": [details.memory_terms, details.cost_terms, details.time_terms],
        "keys": details.rule_keys,
        "axes": details.axes,
        "command": details.command,
        "text": details.text,
        "texts": list(texts),
        "splits": list(splits),
        "found": found,
    }
