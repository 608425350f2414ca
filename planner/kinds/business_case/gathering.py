"""Every number that a case rests on, gathered once: by what it is called, how it is spread, and who says so."""

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from planner.estimate.finance.distributions import Distribution, Point
from planner.kinds.business_case.spread import ENDLESS, RARE, Formed, Unit, formed
from planner.outcome import Assumption
from planner.outcome.business_case import CaseInput
from planner.scenario.spreads import Spread
from planner.source import Path, dotted
from planner.units import share_text

DEFAULT: Final = "a default of the planner"
"""Who says a number that was left out, whoever is named for its block."""
_BAND = np.array([0.05, 0.50, 0.95])


@dataclass(frozen=True, slots=True)
class Spot:
    """A place of the scenario: as the file has it, and as inputs are called, by names instead of numbers."""

    place: Path
    key: str
    words: str
    """Of whom or what it is, for people; empty where its inputs say so themselves."""
    part: str = ""
    """Which part of that, as a line."""

    def of(self, name: str) -> "Spot":
        """A field of it."""
        return Spot((*self.place, name), f"{self.key}.{name}" if self.key else name, self.words, self.part)

    def item(self, list_: str, number: int, name: str, words: str, part: str = "") -> "Spot":
        """A block of one of its lists, called by its name."""
        key = f"{list_}.{name}"
        return Spot((*self.place, list_, number), f"{self.key}.{key}" if self.key else key, words, part)

    def said(self, text: str = "") -> str:
        """`our own model: answers, for each prediction`."""
        return ": ".join(filter(None, [self.words, ", ".join(filter(None, [self.part, text]))]))


@dataclass(slots=True)
class Gathering:
    """Inputs in the order in which they are met; what was filled in, and what has to be said."""

    tables: Mapping[str, tuple[float, ...]]
    """Dotted place of a spread with a file → its values."""
    inputs: dict[str, CaseInput] = field(default_factory=dict)
    spreads: dict[str, Distribution] = field(default_factory=dict)
    assumptions: list[Assumption] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    noted: list[tuple[str, str]] = field(default_factory=list)
    """What, and who says so."""
    shared: dict[str, str] = field(default_factory=dict)
    """What tells a plan's cost from that of others → its key."""

    def number(
        self, number: float | Spread[float], spot: Spot, text: str, unit: Unit, source: str | None = None,
        *, default: str = "", bounds: tuple[float, float] | None = None,
    ) -> str:  # fmt: skip
        """Take a number in; its key. `default` says why it counts where it was left out.

        Raises:
            InputError: a spread out of order, or one without values.
        """
        found = formed(number, unit, spot.key, self.tables.get(dotted(spot.place)), bounds)
        if found.cut:
            self.warn(found.cut)
        own = number.source if isinstance(number, Spread) else None
        says, tag = (DEFAULT, "E") if default else (own or source or "", "U")
        key = self._take(spot.key, spot.said(text), unit, found, says, tag)
        if default:
            self.assume(key, _told(self.inputs[key].value, unit), default)
        return key

    def supplied(
        self, distribution: Distribution, spot: Spot, text: str, unit: Unit, source: str, *, same: str = ""
    ) -> str:  # fmt: skip
        """Take in what a plan supplies; its key. What is the `same` as before is one input, of no option in words."""
        if same in self.shared:
            key = self.shared[same]
            self.inputs[key] = self.inputs[key].model_copy(update={"text": text})
            return key
        form = "" if distribution.certain else "plan"
        key = self._take(spot.key, spot.said(text), unit, Formed(distribution, form, ()), source, "P")
        if same:
            self.shared[same] = key
        return key

    def unknown(self, spot: Spot, text: str, unit: Unit) -> str:
        """Take in a number that a figure needs and nobody gives; its key."""
        return self._take(spot.key, spot.said(text), unit, Formed(Point(math.nan), "", ()), "", "U")

    def ends(self, key: str) -> tuple[float, float]:
        """The least and the most that draws of an input can be; of one without ends, what few draws pass."""
        spread = self.spreads[key]
        endless = self.inputs[key].form in (*ENDLESS, "plan") or spread.certain  # of one number any quantile is it
        low, high = spread.quantile(np.array([RARE, 1.0 - RARE] if endless else [0.0, 1.0]))
        return float(low), float(high)

    def assume(self, key: str, value: str, note: str) -> None:
        """Say what was filled in."""
        self.assumptions.append(Assumption(key=key, value=value, tag="E", note=note))

    def warn(self, text: str) -> None:
        """Say it once."""
        if text not in self.warnings:
            self.warnings.append(text)

    def _take(self, key: str, text: str, unit: Unit, found: Formed, source: str, tag: str) -> str:
        key = once(key, self.inputs)
        low, middle, high = (float(x) for x in found.distribution.quantile(_BAND))
        certain = found.distribution.certain
        self.spreads[key] = found.distribution
        self.inputs[key] = CaseInput(
            key=key, text=text, unit=unit, value=None if math.isnan(middle) else middle,
            lo=None if certain else low, hi=None if certain else high,
            form="" if certain else found.form, written=[] if certain else list(found.written),
            source=source, tag=tag,
        )  # fmt: skip
        if source and tag != "E":
            self.noted.append((text, source))
        return key


def once(name: str, taken: Collection[str]) -> str:
    """The name, or with a number where it is taken: `egress (2)`."""
    number, found = 1, name
    while found in taken:
        number += 1
        found = f"{name} ({number})"
    return found


def _told(value: float | None, unit: Unit) -> str:
    if unit in ("share", "share/year") and value is not None:
        return share_text(value, 0 if value == round(value, 2) else 2)
    return "unknown" if value is None else f"{value:,.6g}"
