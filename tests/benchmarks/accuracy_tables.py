"""Tables of the accuracy page: plain rows of formatted text, made from the figures alone."""

import math
import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from tests.benchmarks.accuracy_words import factor, number, percent, signed

BY: Final[Mapping[str, str]] = {
    "parts": "By what the targets are about", "source": "By source", "method": "By method", "gpu": "By card",
    "size": "By size of the model", "sharing": "By how the job is shared",
}  # fmt: skip
"""Table → its heading."""
SIZES: Final = ("under 2B", "2B to 6B", "6B to 10B", "10B to 30B", "30B and more")
NEAR: Final[Mapping[str, str]] = {"memory": "within_15", "throughput": "within_25"}
_QUOTED: Final = re.compile(r"'([^']*)'")
_EXAMPLES: Final = 8


@dataclass(frozen=True, slots=True)
class Pair:
    """A figure fitted on all and held out."""

    fitted: str
    held_out: str


@dataclass(frozen=True, slots=True)
class Group:
    """One line of a table of results."""

    name: str
    rows: str
    median: Pair
    of_publishers: Pair
    """Median of the publishers' median errors."""
    bias: Pair
    near: Pair
    under: Pair
    cover: str
    width: str


@dataclass(frozen=True, slots=True)
class Table:
    """Results of groups of rows."""

    title: str
    groups: tuple[Group, ...]
    empty: int
    """Groups that have no figure to compare, only verdicts."""


@dataclass(frozen=True, slots=True)
class Constant:
    """A fitted constant, as the page shows it."""

    name: str
    value: str
    low: str
    """One standard error below; the error is on ln."""
    high: str
    error: str
    prior: str
    rows: str
    unit: str
    means: str


@dataclass(frozen=True, slots=True)
class Reason:
    """Why rows are not usable."""

    reason: str
    rows: int
    kinds: int
    examples: str


def tables(found: Mapping[str, Any], quantity: str) -> tuple[Table, ...]:
    """Every table of results of a quantity."""
    q = found["quantities"][quantity]
    made = []
    for by, title in BY.items():
        groups = q["parts"] if by == "parts" else q["tables"][by]
        shown = [name for name in _order(by, groups) if groups[name]["held_out"]["n"]]
        rows = tuple(group_row(name, groups[name], quantity) for name in shown)
        made.append(Table(title, rows, len(groups) - len(shown)))
    return tuple(made)


def _order(by: str, groups: Mapping[str, Any]) -> list[str]:
    """Sizes and parts as they grow, everything else by its number of rows."""
    if by == "size":
        return [name for name in SIZES if name in groups]
    if by == "parts":
        return sorted(groups)
    return sorted(groups, key=lambda name: (-groups[name]["held_out"]["n"], name))


def group_row(name: str, group: Mapping[str, Any], quantity: str) -> Group:
    """One group as text."""
    fitted, held, c = group["fitted"], group["held_out"], group["cover"]

    def pair(key: str, show: Any = percent) -> Pair:
        return Pair(show(fitted[key]), show(held[key]))

    return Group(
        name=name,
        rows=f"{held['n']:,}",
        median=pair("median_ape"),
        of_publishers=pair("of_publishers"),
        bias=pair("bias", signed),
        near=pair(NEAR[quantity]),
        under=pair("under"),
        cover=percent(c["share"]),
        width=factor(c["width"]),
    )


@dataclass(frozen=True, slots=True)
class ServedGroup:
    """One line of the table of served throughput: fitted on all, model held out, card held out."""

    name: str
    rows: str
    median: tuple[str, ...]
    mean: tuple[str, ...]
    bias: tuple[str, ...]
    cover: str
    width: str


def served_groups(found: Mapping[str, Any]) -> tuple[ServedGroup, ...]:
    """Parts of the serving rows that have a figure, the largest first."""
    made = []
    parts = found["serving"]["parts"]
    for name in sorted(parts, key=lambda name: (-parts[name]["fitted"]["n"], name)):
        group = parts[name]
        ways = [group[way] for way in ("fitted", "held_out", "card_held_out")]
        median, mean = (tuple(percent(way[key]) for way in ways) for key in ("median_ape", "mape"))
        bias, c = tuple(signed(way["bias"]) for way in ways), group["cover"]
        if ways[0]["n"]:
            cover, width = percent(c["share"]), factor(c["width"])
            made.append(ServedGroup(name, f"{ways[0]['n']:,}", median, mean, bias, cover, width))
    return tuple(made)


def _figures(found: Mapping[str, Any], quantity: str) -> Mapping[str, Any]:
    figures: Mapping[str, Any] = found["serving"] if quantity == "serving" else found["quantities"][quantity]
    return figures


def constants(found: Mapping[str, Any], quantity: str) -> tuple[Constant, ...]:
    """The fitted constants of a quantity."""
    return tuple(
        Constant(
            name=name,
            value=number(c["value"]),
            low=number(float(f"{c['value'] * math.exp(-c['error']):.3g}")),
            high=number(float(f"{c['value'] * math.exp(c['error']):.3g}")),
            error=percent(float(f"{c['error']:.3g}")),
            prior=number(c["prior"]),
            rows=f"{c['rows']:,}",
            unit="" if c["unit"] == "1" else c["unit"],
            means=c["means"] + (f" (as {c['as']})" if c.get("as") else ""),
        )
        for name, c in sorted(_figures(found, quantity)["constants"].items())
    )


def reasons(found: Mapping[str, Any], quantity: str) -> tuple[Reason, ...]:
    """Why rows are not usable, alike reasons together, the most frequent first."""
    kinds: dict[str, dict[str, int]] = defaultdict(dict)
    for told, count in _figures(found, quantity)["unusable"].items():
        names = [name or "not stated" for name in _QUOTED.findall(told)]
        words = _QUOTED.sub("…", told).replace("the model is not", "it is not")
        kinds[words][", ".join(names)] = count
    made = [Reason(words, sum(names.values()), len(names), _examples(names)) for words, names in kinds.items()]
    return tuple(sorted(made, key=lambda reason: (-reason.rows, reason.reason)))


def _examples(names: Mapping[str, int]) -> str:
    ordered = sorted((name for name in names if name), key=lambda name: (-names[name], name))
    if not ordered:
        return ""
    text = ", ".join(f"{name} {names[name]}" for name in ordered[:_EXAMPLES])
    return text + (f" and {len(ordered) - _EXAMPLES} more" if len(ordered) > _EXAMPLES else "")
