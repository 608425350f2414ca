"""Rates by the time of the week as price curves: which machines they hold for, and their factor hour by hour."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from planner.catalog.names import resolve_gpus, resolve_provider
from planner.catalog.rate_plans import Weekly
from planner.catalog.rows import Catalog, Floats
from planner.errors import InputError
from planner.kinds.portfolio.options import Option
from planner.outcome.portfolio import Chosen
from planner.scenario.time_rates import MINUTES_PER_DAY, TimeRate
from planner.space.time_rates import Line, minutes, rate_words, weekly

_WEEK = 168


@dataclass(frozen=True, slots=True)
class Rates:
    """The portfolio's rates, ready to be looked up."""

    lines: tuple[Line, ...]
    providers: tuple[frozenset[str], ...]
    """Ids of each line's."""
    gpus: tuple[frozenset[str] | None, ...]
    offset_minutes: int
    """Minutes that the portfolio's clock is ahead of UTC when it begins."""

    def curve_of(self, option: Option) -> str:
        """Name of the curve that an option's price follows; empty where no rate holds."""
        chosen = option.chosen
        if not option.plain or not option.varying_usd:
            return ""
        return "+".join(str(i) for i in range(len(self.lines)) if self._holds(i, chosen))

    def _holds(self, i: int, chosen: Chosen) -> bool:
        cards = self.gpus[i]
        return (
            chosen.provider in self.providers[i]
            and chosen.tier in self.lines[i].rate.tiers
            and (cards is None or chosen.gpu in cards)
        )

    def curve(self, name: str) -> tuple[float, ...]:
        """(168,) factors of a curve from Monday's first hour of the portfolio's clock on; the mean within each hour.

        Raises:
            InputError: two rates hold at one time.
        """
        held = [self.lines[int(i)] for i in name.split("+")]
        _check(held)
        return tuple(self._minutely(held).reshape(_WEEK, 60).mean(axis=1).tolist())

    def within_hours(self, name: str) -> bool:
        """Whether the price changes within an hour of the portfolio's clock, so that the hour's mean is taken."""
        each = self._minutely([self.lines[int(i)] for i in name.split("+")]).reshape(_WEEK, 60)
        return bool((each != each[:, :1]).any())

    def words(self, name: str) -> str:
        """The rates of a curve, in words."""
        return "; ".join(rate_words(self.lines[int(i)].rate) for i in name.split("+"))

    def _minutely(self, held: Sequence[Line]) -> Floats:
        plan: Weekly = weekly(held)
        at = np.arange(_WEEK * 60) / 60.0
        factors = np.array(plan.factors)[np.searchsorted(plan.edges, at + 1e-9, side="right") - 1]
        return np.asarray(np.roll(factors, self.offset_minutes))


def rates_of(written: Sequence[TimeRate], catalog: Catalog, offset_minutes: int) -> Rates:
    """The rates of a scenario; a provider or card that the catalog does not know holds for nothing."""
    providers, gpus = [], []
    for rate in written:
        found = [resolve_provider(catalog, name) for name in rate.providers]
        providers.append(frozenset(catalog.providers[i].id for i in found if i is not None))
        cards = None if rate.gpus is None else [i for name in rate.gpus for i in resolve_gpus(catalog, name)]
        gpus.append(None if cards is None else frozenset(catalog.gpus[i].id for i in cards))
    lines = tuple(Line(rate, ("time_rates", i), "the scenario") for i, rate in enumerate(written))
    return Rates(lines, tuple(providers), tuple(gpus), offset_minutes)


def mean_cost(option: Option, curve: Sequence[float] | None) -> float:
    """What an option costs on the mean over all hours of the week."""
    factor = 1.0 if curve is None else sum(curve) / len(curve)
    return option.cost_usd + (factor - 1.0) * option.varying_usd


def _check(held: Sequence[Line]) -> None:
    for k, line in enumerate(held):
        for other in held[:k]:
            both = minutes(line.rate) & minutes(other.rate)
            if both.any():
                day, rest = divmod(int(np.argmax(both)), MINUTES_PER_DAY)
                msg = (
                    f"time_rates: {rate_words(line.rate)} and {rate_words(other.rate)} hold at one time for a machine, "
                    f"first on day {day + 1} of the week at {rest // 60:02d}:{rest % 60:02d} UTC\n"
                    "  for one hour of a machine there is one rate: narrow days, hours, gpus or tiers"
                )
                raise InputError(msg)
