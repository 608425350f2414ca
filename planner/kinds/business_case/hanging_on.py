"""What the result hangs on: one uncertain input at a time, and how much of the spread goes with each."""

from collections.abc import Mapping

import numpy as np

from planner.catalog.rows import Floats
from planner.estimate.finance.uncertainty import tornado, variance_shares
from planner.kinds.business_case.book import Book, Owned
from planner.kinds.business_case.compared import compared, pair_of
from planner.kinds.business_case.course import Course, whole
from planner.kinds.business_case.figures import figure
from planner.kinds.business_case.option_results import tally
from planner.kinds.business_case.returned import Pair
from planner.outcome.business_case import Swing, TornadoChart


def tornado_chart(book: Book, cheapest: str) -> TornadoChart | None:
    """Of what is decided by: build against buy, else the first returns, else the cost of the cheapest option."""
    if book.drawn is None:
        return None
    pair, words = _pair(book)
    if pair is None and not cheapest:
        return None
    meant = [] if pair is None else [pair.owned, *([] if pair.base is None else [pair.base])]
    meant = meant or [book.named(cheapest)]

    def result(course: Course) -> Floats:
        return tally(course, meant[0]).present_cost if pair is None else pair.npv_usd(book, course)

    def model(values: Mapping[str, Floats]) -> Floats:
        course = book.middle.with_values(dict(values))
        return whole(result(course), course.draws)

    bears = _bears(book, meant, earned=pair is not None and pair.base is None)
    spreads = {key: each for key, each in book.gathering.spreads.items() if key in bears and not each.certain}
    if not spreads:
        return None
    found = tornado(model, spreads)
    drawn = whole(result(book.drawn), book.drawn.draws)
    shares = {one.name: one.share for one in variance_shares({key: book.drawn.values[key] for key in spreads}, drawn)}
    inputs = book.gathering.inputs
    return TornadoChart(
        of=words or f"present cost of {_called(book.named(cheapest))}",
        middle_usd=figure(found.middle),
        swings=[
            Swing(
                key=swing.name, text=inputs[swing.name].text, unit=inputs[swing.name].unit,
                input_lo=swing.input_low, input_hi=swing.input_high,
                result_lo_usd=figure(swing.result_low), result_hi_usd=figure(swing.result_high),
                share=figure(shares.get(swing.name, np.nan)),
            )
            for swing in found.swings
        ],
    )  # fmt: skip


def _pair(book: Book) -> tuple[Pair | None, str]:
    build, buy = compared(book.scenario)
    if build:
        decided = Pair(book.named(build), book.named(buy))
        return decided, _worth(decided)
    pairs = [pair for owned in book.options if (pair := pair_of(book, owned)) is not None]
    if not pairs:
        return None, ""
    return pairs[0], _worth(pairs[0])


def _worth(pair: Pair) -> str:
    against = "" if pair.base is None else f" against {_called(pair.base)}"
    return f"net present value of {_called(pair.owned)}{against}"


def _called(owned: Owned) -> str:
    return owned.option.title or owned.name


def _bears(book: Book, meant: list[Owned], *, earned: bool) -> frozenset[str]:
    """Inputs that the result rests on; chance alone would give others a share."""
    drivers = {key for owned in meant for line in owned.lines for key in book.world.keys(line.driver)}
    revenue = book.world.keys("revenue") if earned and book.world.revenue else ()
    return frozenset({*drivers, *revenue, *(key for owned in meant for key in owned.keys)})
