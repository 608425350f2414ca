"""What a case is reckoned with: the lines of each option, the middle of all inputs, and draws of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np

from planner.catalog.rows import Floats
from planner.errors import InputError
from planner.estimate.finance.build_or_buy import usd_at_parity
from planner.estimate.finance.levels import monthly_rate
from planner.estimate.finance.simulation import draw_inputs
from planner.kinds.business_case.course import Course, Stream, added
from planner.kinds.business_case.courses import gather_courses
from planner.kinds.business_case.gathering import Gathering, Spot, once
from planner.kinds.business_case.inputs import PlanCosts, Tables
from planner.kinds.business_case.lines import Line, Values
from planner.kinds.business_case.machine_lines import machine_lines
from planner.kinds.business_case.overlooked_lines import overlooked_lines
from planner.kinds.business_case.plan_lines import plan_lines, warn_of_training_twice
from planner.kinds.business_case.world import GROWTH, TIMES, World, gather_world
from planner.kinds.business_case.written_lines import written_lines
from planner.outcome.business_case import Returns
from planner.scenario.business_case import BusinessCase
from planner.scenario.case_options import Option

MOST_CELLS: Final = 2**25
"""Draws times uncertain inputs, and times forms of lines that they move, that are held at once: 256 MiB a column."""
MOST_FLOWS: Final = 2**32
"""Draws times lines times months that are added up: under a minute."""

_LEAST_PARITY: Final = 0.01
"""Of a spread without ends."""


@dataclass(frozen=True, slots=True)
class Owned:
    """An option with its lines."""

    option: Option
    lines: tuple[Line, ...]
    parity: str
    """Key of its feature parity."""
    follows: tuple[str, ...]
    """Plans that supply costs, in words."""

    @property
    def name(self) -> str:
        """As the scenario calls it."""
        return self.option.name

    @property
    def earns(self) -> bool:
        """Whether it brings an income of its own."""
        return any(line.side == "income" for line in self.lines)

    @property
    def keys(self) -> frozenset[str]:
        """Of the inputs that its lines and its parity rest on, without what drives them."""
        own = {key for line in self.lines for key in (*line.keys, line.growth, line.decline) if key}
        return frozenset({*own, self.parity})

    def costed(self, course: Course, line: Line) -> Floats:
        """(draws,) or (1,) a line's amount today, times what drives it; a cost at full features."""
        usd = course.usd(line)
        return usd if line.side == "income" else usd_at_parity(usd, course.values[self.parity])

    def net(self, course: Course) -> Stream:
        """Its own income less its costs at full features."""
        return added(
            (line.form, self.costed(course, line) * (1.0 if line.side == "income" else -1.0)) for line in self.lines
        )


@dataclass(frozen=True, slots=True)
class Book:
    """Everything that is reckoned with."""

    scenario: BusinessCase
    gathering: Gathering
    world: World
    options: tuple[Owned, ...]
    middle: Course
    drawn: Course | None
    """None where nothing is uncertain."""
    returned: dict[tuple[str, str], Returns] = field(default_factory=dict)
    """What was reckoned already: of an option, against another."""

    @property
    def months(self) -> int:
        """The horizon."""
        return self.world.months

    @property
    def rate_per_month(self) -> float:
        """Of discount."""
        return self.middle.rate_per_month

    def named(self, name: str) -> Owned:
        """The option of that name."""
        return next(owned for owned in self.options if owned.name == name)

    def earned(self, course: Course) -> Stream:
        """The revenue, whatever the option; nothing where none is told."""
        if not self.world.revenue:
            return ()
        return ((self.world.driven, self.world.today("revenue", course.values)),)


def option_lines(
    scenario: BusinessCase, plans: Mapping[tuple[str, int], PlanCosts], world: World, gathering: Gathering
) -> tuple[Owned, ...]:
    """Each option with all its lines.

    Raises:
        InputError: inputs that make no sense: a spread out of order, a parity of 0.
    """
    found = []
    for number, option in enumerate(scenario.options):
        spot = Spot((), "", "").item("options", number, option.name, option.title or option.name)
        left_out = "" if "parity" in option.model_fields_set else "it has all features needed"
        parity = gathering.number(option.parity, spot.of("parity"), "part of the features needed", "share",
                                  default=left_out, bounds=(_LEAST_PARITY, 1.0))  # fmt: skip
        if gathering.ends(parity)[0] <= 0.0:
            message = (
                f"{parity}: its spread reaches 0: with none of the features needed an option is no alternative at any "
                "price"
            )
            raise InputError(message)
        lines = [
            *written_lines(option.costs, "cost", option.name, spot, world, gathering),
            *overlooked_lines(option.overlooked, option.name, spot, world, gathering),
            *machine_lines(option.machines, option.name, spot, world, gathering),
        ]
        follows = []
        for place, plan in enumerate(option.plans):
            costs = plans[option.name, place]
            lines += plan_lines(plan, costs, option.name, place, spot, world, gathering)
            follows.append(costs.text)
        supplied = [plans[option.name, place] for place in range(len(option.plans))]
        warn_of_training_twice(list(zip(option.plans, supplied, strict=True)), spot.words, gathering)
        lines += written_lines(option.income, "income", option.name, spot, world, gathering)
        found.append(Owned(option, _named_once(lines), parity, tuple(follows)))
    return tuple(found)


def _named_once(lines: list[Line]) -> tuple[Line, ...]:
    """The same with a number after names that were there before: of costs, and of income."""
    found: list[Line] = []
    for line in lines:
        taken = [other.name for other in found if other.side == line.side]
        found.append(replace(line, name=once(line.name, taken)))
    return tuple(found)


def refuse_boundless(course: Course | None, options: tuple[Owned, ...], where: str = "") -> None:
    """Raise InputError where a line grows beyond all numbers."""
    if course is None:
        return
    for owned in options:
        for line in owned.lines:
            sums = course.sums(line.form)
            with np.errstate(over="ignore", invalid="ignore"):
                total = owned.costed(course, line) * sums.total
            if any(np.isinf(column).any() for column in (total, sums.total, sums.present)):
                message = f"{where}{owned.name}, {line.name}: it grows beyond all numbers within {course.months} months"
                raise InputError(message)


def open_book(scenario: BusinessCase, plans: Mapping[tuple[str, int], PlanCosts], tables: Tables) -> Book:
    """Gather all inputs and draw those that are uncertain.

    Raises:
        InputError: inputs that make no sense, or more draws of uncertain inputs than memory is given to.
    """
    gathering = Gathering(tables.values)
    world = gather_world(scenario, gathering)
    options = option_lines(scenario, plans, world, gathering)
    rate = float(monthly_rate(scenario.discount_rate))
    gather_courses(scenario, gathering)
    half = np.array([0.5])
    middle: dict[str, Floats] = {key: each.quantile(half) for key, each in gathering.spreads.items()}
    middle[TIMES] = np.ones(1)
    _refuse_too_many(scenario, options, world, {key for key, each in gathering.spreads.items() if not each.certain})
    drawn = _draws(scenario, gathering, middle)
    courses = (Course(middle, world, rate), None if drawn is None else Course(drawn, world, rate))
    for course in courses:
        refuse_boundless(course, options)
    return Book(scenario, gathering, world, options, *courses)


def _refuse_too_many(scenario: BusinessCase, options: tuple[Owned, ...], world: World, moved: set[str]) -> None:
    """Raise InputError where so many draws of so many lines over so many months pass memory or time."""
    draws, lines = scenario.uncertainty.draws, [line for owned in options for line in owned.lines]
    forms = {line.form for line in lines if moved & {line.growth, line.decline, GROWTH if line.driver else ""}}
    most = min(MOST_CELLS // max(1, len(forms), len(moved)), MOST_FLOWS // max(1, len(lines) * world.months))
    if moved and draws > most:
        message = (
            f"uncertainty.draws: {draws:,} draws of {len(moved):,} uncertain inputs and {len(lines):,} lines over "
            f"{world.months:,} months are too many to reckon; give {most:,} draws at most"
        )
        raise InputError(message)


def _draws(scenario: BusinessCase, gathering: Gathering, middle: Values) -> Values | None:
    uncertain = {key: each for key, each in gathering.spreads.items() if not each.certain}
    if not uncertain:
        return None
    asked = scenario.uncertainty
    try:
        found = draw_inputs(uncertain, asked.seed, asked.draws, asked.sampling)
    except ValueError as error:
        message = f"uncertainty: {error}"
        raise InputError(message) from error
    return {**middle, **found}
