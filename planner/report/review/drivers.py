"""The section `drivers`: what made the difference from the month before, in price, volume and mix."""

from collections.abc import Sequence
from typing import Final

from planner.outcome.review import Review
from planner.outcome.review.kpis import Driver, MonthChange
from planner.report.data.review_charts import Step
from planner.report.data.review_parts import Cell, Figure, ReviewSection, Table
from planner.report.names import capital, listed
from planner.report.review.facts import against_text, period_text
from planner.report.review.words import cell, change_text, columns, said, signed_usd
from planner.units import usd

SHOWN: Final = 15
_LEAST: Final = 0.005


def driver_section(review: Review) -> ReviewSection:
    """The change as steps, and by team and service."""
    change = review.change
    if change is None:
        return ReviewSection("drivers", "What drove the change", "There is no month before to hold this one against.",
                             says=False)  # fmt: skip
    figure = Figure(
        "review-drivers", parts_sentence(change),
        "Price: the same quantities at the new prices. Volume: more or less of everything at the old prices. Mix: "
        "dearer or cheaper things. Other: what has no quantity, is new or gone.",
    )  # fmt: skip
    return ReviewSection(
        "drivers", "What drove the change", drivers_sentence(review, change), says=True, figures=(figure,),
        tables=(_drivers(change),) if change.drivers else (),
    )  # fmt: skip


def drivers_sentence(review: Review, change: MonthChange) -> str:
    """From where to where, and what moved most."""
    return (
        f"{period_text(review)} cost {usd(change.after_usd)} after {usd(change.before_usd)} in {against_text(review)}: "
        f"{signed_usd(change.after_usd - change.before_usd)}{most_moved(change)}."
    )


def most_moved(change: MonthChange) -> str:
    """`; most moved research, EC2 (+$7,747)`; empty where nothing did."""
    top = [one for one in change.drivers if abs(one.after_usd - one.before_usd) >= _LEAST][:2]
    names = [f"{said(one.what)} ({signed_usd(one.after_usd - one.before_usd)})" for one in top]
    return f"; most moved {listed(names)}" if names else ""


def moved_sentence(change: MonthChange) -> str:
    """What the change is made of, and who moved most."""
    return f"{parts_sentence(change).rstrip('.')}{most_moved(change)}."


def parts_sentence(change: MonthChange) -> str:
    """`Volume added $8,854 and mix $2,214; price took off $1,328.`; the largest first."""
    named = ((f"{name} things" if name == "other" else name, value) for name, value in _parts(change))
    parts = sorted(named, key=lambda item: (-abs(item[1]), item[0]))
    more = [(name, value) for name, value in parts if value >= _LEAST]
    less = [(name, -value) for name, value in parts if value <= -_LEAST]
    told = [_amounts(found, verb) for found, verb in ((more, "added"), (less, "took off")) if found]
    return f"{capital('; '.join(told))}." if told else "Nothing changed."


def _amounts(found: Sequence[tuple[str, float]], verb: str) -> str:
    (name, value), *others = found
    return listed([f"{name} {verb} {usd(value)}", *(f"{other} {usd(amount)}" for other, amount in others)])


def _parts(change: MonthChange) -> tuple[tuple[str, float], ...]:
    return (("price", change.price_usd), ("volume", change.volume_usd), ("mix", change.mix_usd),
            ("other", change.other_usd))  # fmt: skip


def steps_of(review: Review) -> tuple[Step, ...]:
    """Price, volume, mix and the rest, then the whole change."""
    change = review.change
    if change is None:
        return ()
    more = change.after_usd - change.before_usd
    steps = [Step(name, value, signed_usd(value)) for name, value in _parts(change)]
    return (*steps, Step("change", more, signed_usd(more), whole=True))


def _drivers(change: MonthChange) -> Table:
    numbers = ("Before", "After", "Change", "Price", "Volume", "Mix", "Other")
    left = len(change.drivers) - SHOWN
    return Table(
        "drivers", "By team and service", columns("What", *numbers, numbers=numbers),
        tuple(_driver(one) for one in change.drivers[:SHOWN]),
        note=f"The {SHOWN} that moved most; {left:,} more are in plan.json." if left > 0 else "",
    )  # fmt: skip


def _driver(one: Driver) -> tuple[Cell, ...]:
    parts = (one.price_usd, one.volume_usd, one.mix_usd)
    return (
        cell(said(one.what)), cell(usd(one.before_usd)), cell(usd(one.after_usd)),
        cell(signed_usd(one.after_usd - one.before_usd), change_text(one.after_usd, one.before_usd)),
        *(cell(signed_usd(value)) for value in parts), cell(signed_usd(one.other_usd)),
    )  # fmt: skip
