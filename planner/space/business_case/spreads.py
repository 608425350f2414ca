"""Spreads of a business case that no number can follow, and numbers that were probably meant otherwise."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from planner.scenario.business_case import BusinessCase
from planner.scenario.case_spreads import AnyNumber, numbers_of
from planner.scenario.spreads import Spread, YearlySpread
from planner.source import Document, Path, dotted
from planner.space.business_case.complaints import Complaints
from planner.units import Z90

_IN_ORDER: Final[Mapping[str, str]] = {
    "triangular": "lowest, most likely, highest",
    "uniform": "lowest, highest",
    "normal": "the value that one of twenty is below, the value that one of twenty is above",
    "lognormal": "the value that one of twenty is below, the value that one of twenty is above",
}
"""Way of a spread → its values, in this order."""
_MANY_TIMES: Final = 2.0
"""A plain number from which a yearly rate was probably meant as a percentage."""
_LEAST_PARITY: Final = 0.01
"""An option with less of the features is no option, and its cost by the feature no number."""
_WIDEST: Final = 1e30
"""The highest over the lowest value of a lognormal spread, from which on draws come near to what floats hold."""
_FAR: Final = 4.0
"""Standard deviations within which draws lie."""


def check_spreads(scenario: BusinessCase, tables: Mapping[str, Sequence[float]], found: Complaints) -> None:
    """Report spreads out of order and values that formulas refuse; `tables` are the values of those with a file."""
    for number in numbers_of(scenario):
        if number.spread is not None:
            _check_order(number, number.spread, found)
        if issubclass(number.form, YearlySpread):
            _check_percentages(number, found)
        _check_edge(number, tables.get(dotted(number.place), ()), found)


def _check_order(number: AnyNumber, spread: Spread[float], found: Complaints) -> None:
    for way, words in _IN_ORDER.items():
        values: list[float] | None = getattr(spread, way)
        place = (*number.place, way)
        if values is None:
            continue
        if sorted(values) != values:
            written = ", ".join(_shown(found.document, (*place, at), value) for at, value in enumerate(values))
            found.complain(place, f"{written} is out of order", f"write {words}")
        elif way == "lognormal" and values[0] <= 0.0:
            other = "triangular, uniform or normal"
            found.complain(place, "what is spread lognormally is above 0", f"spread it otherwise: {other}")
        elif way == "lognormal" and values[1] / values[0] > _WIDEST:
            message = f"{values[0]:g} to {values[1]:g} is wider than any number is unknown by"
            found.complain(place, message, f"keep the second under {_WIDEST:g} times the first")
        elif len(set(values)) == 1:
            found.warn(place, "all values are the same, so that nothing is spread", "write the number alone")


def _check_percentages(number: AnyNumber, found: Complaints) -> None:
    """A plain number that was probably meant as a percentage, alone or in a spread: the first of each is told."""
    places: list[Path] = [number.place]
    if number.spread is not None:
        ways = {way: getattr(number.spread, way) or [] for way in (*_IN_ORDER, "values")}
        places = [(*number.place, way, at) for way, values in ways.items() for at in range(len(values))]
    for place in places:
        written = written_at(found.document, place)
        if isinstance(written, int | float) and written >= _MANY_TIMES:
            found.warn(place, f"{written:g} is {100 * written:,.0f} % a year", f"did you mean {written:g} %?")
            return


def _check_edge(number: AnyNumber, values: Sequence[float], found: Complaints) -> None:
    """Shares at which a formula has no value: no features at all, nothing but failures."""
    key = number.place[-1]
    low, high = _range(number.value, values)
    if key == "parity" and low < _LEAST_PARITY:
        told = "0" if low <= 0.0 else "under 1 %"
        message = f"parity may be {told}, and costs count by the part of the features there is"
        found.complain(number.place, message, _above(number))
    if key == "failed_share" and high >= 1.0:
        message = "all experiments may fail, so that no cost ends in a success"
        found.complain(number.place, message, "keep it below 100 %")
    if key == "price_decline" and high >= 1.0:
        message = "prices may fall by all of it within a year"
        found.complain(number.place, message, "keep it below 100 %")


def _above(number: AnyNumber) -> str:
    spread = number.spread
    if spread is not None and spread.normal is not None:
        return "a normal spread has no lowest value: use triangular or uniform"
    return "give it a lowest value of 1 % or more"


def _range(value: float | Spread[float], values: Sequence[float]) -> tuple[float, float]:
    """The lowest and highest value that may be drawn."""
    if not isinstance(value, Spread):
        return value, value
    if value.normal is not None:
        middle, sd = sum(value.normal) / 2, (value.normal[1] - value.normal[0]) / (2 * Z90)
        return middle - _FAR * sd, middle + _FAR * sd
    drawn = value.triangular or value.uniform or value.values or values or value.lognormal
    return (min(drawn), max(drawn)) if drawn else (0.5, 0.5)


def _shown(document: Document, place: Path, value: float) -> str:
    written = written_at(document, place)
    return written if isinstance(written, str) else f"{value:g}"


def written_at(document: Document, place: Path) -> Any:  # noqa: ANN401 - any YAML value
    """What stands there as it is written; None where nothing does."""
    found = document.data
    for part in place:
        try:
            found = found[part]
        except (KeyError, IndexError, TypeError):
            return None
    return found
